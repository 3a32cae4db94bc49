pub fn run(_: crate::Effort) -> user::Result<()> {
    Ok(())
}

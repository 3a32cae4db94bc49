# The front door: `make run` and `make test` install what they need and do the rest.

IMAGE := target/kernel8.img
DEBUG_IMAGE := target/debug-kernel8.img
GDB_PORT ?= 1234
# `make run PROFILE=checked` has the kernel check its arithmetic and the order of its locks.
PROFILE := release
export PROFILE

# The scripts and the crates find what was built here, whatever the caller has set.
export CARGO_TARGET_DIR := $(CURDIR)/target
# Would replace the flags in .cargo/config.toml, or the target that each crate is for.
unexport RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_BUILD_TARGET
# cargo would take make -j's job server from it, which recipes without `+` are not given.
unexport MAKEFLAGS MFLAGS
# The machine that QEMU plays for `run`, `test`, `qemu-test` and `debug`: raspi3b or raspi4b.
BOARD := raspi3b
export COMMONS_BOARD := $(BOARD)
# DEVICE_TREE=1 has the tests hand a device tree to every machine, as the boards' firmware does.
export COMMONS_DEVICE_TREE := $(DEVICE_TREE)
# DIRs whose files go below /extra and below /. Handed over in the environment, so that names may hold anything.
export EXTRA TREE
# SCREEN=1 has `make run` open a window with the board's screen, SCREEN=vnc serve it.
export SCREEN
# CMD="LINE" and SCRIPT=FILE have `make run` run that, print what it prints, and end with its status.
export CMD SCRIPT
# What `make sdcard` takes.
export SIZE FIRMWARE
# What `make debian` has fetched.
DEBIAN = $(if $(wildcard target/debian),--tree target/debian=/)

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
	@echo 'Variables: EXTRA=DIR adds the files below DIR under /extra, TREE=DIR under /; QEMU_ARGS=... goes to QEMU;'
	@echo '           BOARD=raspi4b has `run` and the tests in QEMU play a Raspberry Pi 4B;'
	@echo '           DEVICE_TREE=1 has all tests in QEMU get a device tree, as from a board'"'"'s firmware;'
	@echo '           CMD="LINE" or SCRIPT=FILE has `make run` run that alone and end with its status;'
	@echo '           PROFILE=checked takes the kernel that checks itself;'
	@echo '           SCREEN=1 has `make run` open a window with the screen, SCREEN=vnc serve it on 127.0.0.1:5900;'
	@echo '           RECORD=1 has `make bench` record its figures; PARTS="linux" measures that part only.'

.PHONY: run
run: setup-rust setup-qemu ## Boot to the shell in QEMU's raspi3b, or BOARD=raspi4b (Ctrl-A X or `poweroff` ends it)
ifneq ($(or $(CMD),$(SCRIPT)),)
	@sh .setup/script.sh $(QEMU_ARGS)
else
	@$(MAKE) --no-print-directory image
	@sh .setup/run.sh $(IMAGE) $(QEMU_ARGS)
endif

.PHONY: test
test: ## Check and test everything; the last line is `N passed, N failed`
	@sh .setup/test.sh all

.PHONY: qemu-test
qemu-test: ## Run only the tests in QEMU; CASES=WORD takes those with WORD in the name
	@sh .setup/test.sh qemu $(CASES)

.PHONY: power-test
power-test: ## Cut the power at CUTS random points (200) while Commons writes to a card; SEED=N repeats some
	@COMMONS_POWER_CUTS=$(or $(CUTS),200) COMMONS_POWER_SEED=$(SEED) sh .setup/test.sh qemu power::

.PHONY: soak
soak: ## Run demos, the fuzzer, storms and bombs for HOURS (1) on both kernels, and write target/soak.md; SEED=N repeats
	@sh .setup/test.sh soak target/soak.md $(or $(HOURS),1) $(or $(SEED),$(shell date +%s))

.PHONY: fuzz
fuzz: setup-rust ## Fuzz what parses on the host for SECONDS (60) each, guided by coverage; TARGET=NAME only that one (docs/fuzzing.md)
	@sh .setup/fuzz.sh $(or $(SECONDS),60) $(TARGET)

.PHONY: image
image: setup-rust ## Build target/kernel8.img (to boot) and target/kernel.elf (its symbols)
	@sh .setup/image.sh $(IMAGE) $(DEBIAN) $${EXTRA:+--tree "$$EXTRA=/extra"} $${TREE:+--tree "$$TREE=/"}

.PHONY: check
check: setup-rust setup-lint ## Check format, lints and documentation links of every crate
	@sh .setup/check.sh

.PHONY: busybox
busybox: setup-rust ## Fetch Debian's BusyBox for arm64: images have it as /bin/busybox from now on
	@sh .setup/busybox.sh target/busybox
	@sh .setup/image.sh $(IMAGE) $(DEBIAN) $${EXTRA:+--tree "$$EXTRA=/extra"}

.PHONY: debian
debian: setup-rust ## Fetch PACKAGES of Debian for arm64 with their C library: images made by hand have their files
	@sh .setup/debian.sh target/debian $(PACKAGES)
	@$(MAKE) image

.PHONY: sdcard
sdcard: image ## Make target/sdcard.img, which all boards boot from (SIZE=256M, FIRMWARE=DIR in place of Debian's package)
	@sh .setup/sdcard.sh target/sdcard.img $(IMAGE)

.PHONY: flash
flash: ## Write target/sdcard.img to DEVICE=/dev/sdX, after showing what that is and asking
	@test -f target/sdcard.img || $(MAKE) sdcard
	@sh .setup/flash.sh target/sdcard.img "$(DEVICE)"

.PHONY: debug
debug: PROFILE := debugger
debug: setup-rust setup-qemu ## Boot in QEMU, halted until `make gdb` in another terminal; PROGRAM=NAME for that program, too
	@DEBUGGED="$(PROGRAM)" sh .setup/image.sh $(DEBUG_IMAGE) $(DEBIAN)
	@echo 'Waiting for a debugger on port $(GDB_PORT). In another terminal: make gdb$(if $(PROGRAM), PROGRAM=$(PROGRAM))'
	@sh .setup/run.sh $(DEBUG_IMAGE) -S -gdb tcp:127.0.0.1:$(GDB_PORT) $(QEMU_ARGS)

.PHONY: gdb
gdb: setup-rust ## Debug what `make debug` has booted, with commands of its own (help commons)
	@sh .setup/gdb.sh $(DEBUG_IMAGE:8.img=.elf) $(GDB_PORT) $(PROGRAM)

.PHONY: trace
trace: setup-rust setup-qemu ## Run CMD or SCRIPT, and write which of the kernel's functions ran to target/trace.txt (ONLY="WORDS" in the names)
	@sh .setup/trace.sh target/trace.txt $(ONLY)

.PHONY: pictures
pictures: image setup-qemu ## Draw the pictures in docs/ anew, from sessions in QEMU
	@sh .setup/pictures.sh docs

.PHONY: screenshots
screenshots: ## Take the pictures of the screen in docs/ anew, with the tests that draw them
	@sh .setup/test.sh qemu screen::
	@cp target/screenshots/screen.png target/screenshots/map.png target/screenshots/crowd.png target/screenshots/panic.png docs

.PHONY: bench
bench: setup-rust setup-qemu ## Measure in instructions beside Linux, and write the tables and curves in docs/ anew
	@sh .setup/bench.sh docs $(if $(RECORD),--record) $(PARTS)

.PHONY: bench-mttcg
bench-mttcg: setup-rust setup-qemu ## Measure how work scales with cores, in the host's time
	@sh .setup/bench.sh docs in-time

.PHONY: clean
clean: ## Remove everything that was built
	@rm -rf target

.PHONY: setup
setup: setup-rust setup-lint setup-qemu setup-dosfstools ## Install what building, checking and running need

.PHONY: setup-rust setup-lint setup-qemu setup-dosfstools
setup-rust:
	@sh .setup/cc.sh
	@sh .setup/rust.sh

setup-lint: setup-rust
	@sh .setup/lint.sh

setup-qemu:
	@sh .setup/qemu.sh

setup-dosfstools:
	@sh .setup/dosfstools.sh

# liblyger.so, the FFI door: see config.m4. It lands beside lyger.so and is installed with it.
$(phplibdir)/liblyger.la: ./liblyger.la
	$(LIBTOOL) --mode=install cp ./liblyger.la $(phplibdir)

./liblyger.la: $(shared_objects_liblyger)
	$(LIBTOOL) --mode=link $(CC) $(COMMON_FLAGS) $(CFLAGS_CLEAN) $(EXTRA_CFLAGS) $(LDFLAGS) -o $@ -avoid-version -prefer-pic -module -rpath $(phplibdir) $(LIBLYGER_LDFLAGS) $(EXTRA_LDFLAGS) $(shared_objects_liblyger) $(LYGER_SHARED_LIBADD)

# What packagers are used to; phpize's Makefile only knows INSTALL_ROOT.
ifneq ($(DESTDIR),)
INSTALL_ROOT = $(DESTDIR)
endif

# The command, run by the PHP that the extension was built for. PEAR copies what is installed here without its mode; it installs
# the command itself (package.xml, role "script").
ifeq ($(PHP_PEAR_VERSION),)
install: install-command
endif

install-command:
	@echo "Installing command:               $(INSTALL_ROOT)$(bindir)/lyger"
	@$(mkinstalldirs) $(INSTALL_ROOT)$(bindir)
	@sed '1s,.*,#!$(PHP_EXECUTABLE),' $(srcdir)/bin/lyger >lyger-command
	@$(INSTALL) -m 755 lyger-command $(INSTALL_ROOT)$(bindir)/lyger
	@rm -f lyger-command

.PHONY: install-command

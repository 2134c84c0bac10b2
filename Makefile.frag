# liblyger.so, the FFI door: see config.m4. It lands beside lyger.so and is installed with it.
$(phplibdir)/liblyger.la: ./liblyger.la
	$(LIBTOOL) --mode=install cp ./liblyger.la $(phplibdir)

./liblyger.la: $(shared_objects_liblyger)
	$(LIBTOOL) --mode=link $(CC) $(COMMON_FLAGS) $(CFLAGS_CLEAN) $(EXTRA_CFLAGS) $(LDFLAGS) -o $@ -avoid-version -prefer-pic -module -rpath $(phplibdir) $(LIBLYGER_LDFLAGS) $(EXTRA_LDFLAGS) $(shared_objects_liblyger) $(LYGER_SHARED_LIBADD)

# What packagers are used to; phpize's Makefile only knows INSTALL_ROOT.
ifneq ($(DESTDIR),)
INSTALL_ROOT = $(DESTDIR)
endif

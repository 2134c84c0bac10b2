/*
 * The one place that states lyger's version. package.xml, the stub, phpinfo and the FFI door follow it
 * (tests/packaging/versions_agree.phpt compares them).
 */
#ifndef LYGER_BASE_VERSION_H
#define LYGER_BASE_VERSION_H

#define LYGER_VERSION "0.1.0"

#endif

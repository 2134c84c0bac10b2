/*
 * Any bytes as an archive: refused with a reason, or each file lies within the archive and has a name. So
 * that the checksum does not keep the fuzzer out, it is made right wherever it stands at the place of a
 * header.
 */
#include "boundary/boundary.h"
#include "boundary_tar.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size + 1);
    memcpy(bytes, data, size);
    for (size_t at = 0; at + 512 <= size; at += 512) {
        if (memcmp(bytes + at + 257, "ustar", 5) == 0) {
            set_tar_checksum(bytes + at);
        }
    }
    lyger_probe_tar *tar = NULL;
    lyger_error error;
    if (lyger_boundary_tar_open(bytes, size, &tar, &error) != LYGER_OK) {
        if (tar || error.message[0] == '\0') {
            abort();
        }
        free(bytes);
        return 0;
    }
    free(bytes); /* the archive has its own copy */
    lyger_probe_file file;
    size_t total = 0, names = 0;
    for (size_t i = 0; lyger_boundary_tar_file(tar, i, &file); i++) {
        total += file.len;
        names += file.name_len > 0 && memchr(file.name, '\0', file.name_len) == NULL;
        lyger_boundary_digits(file.bytes, file.len);
    }
    if (total > size || names != lyger_boundary_tar_count(tar)) {
        abort();
    }
    lyger_boundary_tar_free(tar);
    return 0;
}

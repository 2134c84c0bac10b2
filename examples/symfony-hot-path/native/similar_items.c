#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "similar_items.h"

struct similar_items {
    const float *vectors;
    uint32_t count, dimensions;
    void *mapped;
    size_t size;
};

similar_items *similar_items_open(const char *path)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0 || status.st_size < 8) {
        return file >= 0 ? close(file), NULL : NULL;
    }
    size_t size = (size_t)status.st_size;
    uint32_t *head = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    close(file);
    if (head == MAP_FAILED) {
        return NULL;
    }
    similar_items *index =
        (uint64_t)head[0] * head[1] * sizeof(float) + 8 == size ? malloc(sizeof *index) : NULL;
    if (!index) {
        munmap(head, size);
        return NULL;
    }
    *index = (similar_items){(const float *)(head + 2), head[0], head[1], head, size};
    return index;
}

typedef float eight __attribute__((vector_size(32)));

/* Eight sums side by side: what the processor adds at once, whatever its registers hold. */
static float dot(const float *a, const float *b, uint32_t count)
{
    eight sums = {0}, x, y;
    uint32_t i = 0;
    for (; i + 8 <= count; i += 8) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        sums += x * y;
    }
    for (; i < count; i++) {
        sums[0] += a[i] * b[i];
    }
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

int64_t similar_items_nearest(const similar_items *index, uint32_t item, uint32_t count, uint32_t *items,
                              float *scores)
{
    if (item >= index->count) {
        return -1;
    }
    const float *of = index->vectors + (size_t)item * index->dimensions;
    uint32_t found = 0;
    for (uint32_t i = 0; count > 0 && i < index->count; i++) {
        float score =
            i == item ? -2 : dot(of, index->vectors + (size_t)i * index->dimensions, index->dimensions);
        if (i == item || (found == count && score <= scores[found - 1])) {
            continue;
        }
        uint32_t at = found < count ? found++ : found - 1;
        for (; at > 0 && scores[at - 1] < score; at--) {
            scores[at] = scores[at - 1];
            items[at] = items[at - 1];
        }
        scores[at] = score;
        items[at] = i;
    }
    return found;
}

void similar_items_close(similar_items *index)
{
    munmap(index->mapped, index->size);
    free(index);
}

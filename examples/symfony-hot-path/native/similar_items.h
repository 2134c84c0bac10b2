/* Items of a catalogue by likeness. Plain declarations, which FFI::cdef() takes. */

typedef struct similar_items similar_items;

/* Maps the file, whose format src/Catalogue.php describes; NULL when it is no such file. */
similar_items *similar_items_open(const char *path);

/* At most `count` items that are most like `item`, without itself, the most similar first, and their likeness: how many there are;
 * -1 when there is no such item. */
int64_t similar_items_nearest(const similar_items *index, uint32_t item, uint32_t count, uint32_t *items, float *scores);

void similar_items_close(similar_items *index);

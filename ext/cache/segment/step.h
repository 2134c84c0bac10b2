/*
 * Places in the protocol of readers and writers where a test puts what another thread does in between
 * (tests/core/test_cache_steps.c). In every other build a step is no code.
 */
#ifndef LYGER_CACHE_STEP_H
#define LYGER_CACHE_STEP_H

typedef enum cache_step {
    STEP_SLOT_READ,      /* a reader has read the slot, nothing of its entry yet */
    STEP_STAMP_READ,     /* and the entry's stamp and lengths */
    STEP_KEY_COMPARED,   /* and the key; nothing is confirmed yet */
    STEP_SIGHTED,        /* the long way: key and lengths are confirmed */
    STEP_COPIED,         /* the value's bytes are copied, not yet confirmed */
    STEP_STAMP_COMPARED, /* confirming: the stamp was compared, the slot was not */
    STEP_BUCKET_READ,    /* a reader has read a bucket without the key, not yet its overflow */
    STEP_SLIDING,        /* the slot of an entry says that it moves, nothing has moved */
    STEP_PIN_WANTED,     /* the entry is confirmed, its pin not set */
    STEP_PIN_PLACED,     /* a pin is set, the entry is not confirmed again */
    STEP_LANE_SEEN,      /* a writer that looks for a pin has looked at a lane; lanes are visited upwards */
} cache_step;

#ifdef LYGER_TEST_HOOKS

extern void (*lyger_cache_step)(cache_step step);

static inline void lyger_step(cache_step step)
{
    if (lyger_cache_step) {
        lyger_cache_step(step);
    }
}

#else

static inline void lyger_step(cache_step step)
{
    (void)step;
}

#endif
#endif

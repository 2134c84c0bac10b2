/*
 * The protocol by which a reader without a lock believes what it read (ext/cache/read_fast.h), and a writer of one key
 * lets it (ext/cache/shard/shard.c): for spin, run by scripts/check-models, which also sees to it that every mutant fails.
 *
 * Mutants: OLD_READER NO_SECOND_STAMP NO_FENCE_BEFORE_CONFIRM NO_FENCE_AFTER_END STAMPS_COME_AGAIN PUBLISHED_TOO_EARLY
 *
 * Two places of memory take turns for the values of a key. A slot word is the place of the entry, so it comes again
 * whenever the place does. Stores and loads that C11 leaves unordered (between two fences, or a release store and what
 * follows it) happen in any order here. Writers hold a lock: one process stands for all of them; it may die anywhere,
 * and then whoever comes next repairs. Readers do not see each other: one stands for all.
 */
#define WRITES 5

byte slot;              /* 0: the key is not there; else the place of its entry, 1 or 2 */
byte stamp[3];          /* 0: not that of an entry */
byte left[3], right[3]; /* two words of the value: each the number of its write */

/* What is true, which no process sees. */
byte current;           /* the number of the value that is there, 0 when none is */
byte was = 1;           /* a bit for each number that was current since the read began */
byte cut;               /* one for the write that a death cut off: it may still be seen, whole */

inline point_slot(place, number) {
    d_step {
        slot = place;
        current = number;
        was = was | (1 << number)
    }
}

#ifdef STAMPS_COME_AGAIN
#define STAMP(number, place) (place)
#else
#define STAMP(number, place) (number)
#endif

/* lyger_shard_write(): a place that no slot points to gets a value. */
inline fill(place, number) {
#ifdef NO_FENCE_AFTER_END
    bit ended = 0, one = 0, two = 0;
    do
    :: !ended -> stamp[place] = 0; ended = 1
    :: !one -> left[place] = number; one = 1
    :: !two -> right[place] = number; two = 1
    :: ended && one && two -> ended = 0; one = 0; two = 0; break
    od
#else
    stamp[place] = 0;
    if
    :: left[place] = number; right[place] = number
    :: right[place] = number; left[place] = number
    fi
#endif
}

/* retire(): the stamp may go before the slot is seen to change. */
inline withdraw(old, place, number) {
#ifdef NO_FENCE_AFTER_END
    point_slot(place, number)
#else
    if
    :: point_slot(place, number); stamp[old] = 0
    :: stamp[old] = 0; point_slot(place, number)
    fi
#endif
}

/* lyger_shard_slide(), at its worst: to the very place where the entry was, with another stamp. A slot of 3 says that the
 * entry is on its way. */
inline slide(place, number) {
    if
    :: slot = 3; stamp[place] = 0
    :: stamp[place] = 0; slot = 3
    fi;
    if
    :: left[place] = 0; right[place] = 0
    :: right[place] = 0; left[place] = 0
    fi;
    fill(place, current);
    stamp[place] = STAMP(number, place);
    slot = place
}

bool killed;
active proctype killer() {
    killed = true
}

active proctype writer() {
    byte number = 0, old, place;
    bool died;
life:
    { do
    :: number < WRITES ->
        number++;
        old = slot;
        if
        :: old != 0 -> place = 3 - old
        :: else -> if :: place = 1 :: place = 2 fi
        fi;
        if
        :: old != 0 -> withdraw(old, 0, 0) /* removed */
        :: old != 0 -> slide(old, number)
        :: else -> skip
        :: true ->
#ifdef PUBLISHED_TOO_EARLY
            stamp[place] = STAMP(number, place);
            point_slot(place, number);
            left[place] = number;
            right[place] = number;
#else
            fill(place, number);
            stamp[place] = STAMP(number, place);
            if
            :: old != 0 -> withdraw(old, place, number)
            :: else -> point_slot(place, number)
            fi
#endif
        fi
    :: else -> break
    od
    } unless {
        killed && !died -> died = true; cut = 1 << number
    };
    if
    :: died && number < WRITES ->
        /* lyger_shard_rebuild(): what was on its way is lost; what no slot points to is memory, and has no stamp. */
        if :: slot == 3 -> point_slot(0, 0) :: else fi;
        if :: slot != 1 -> stamp[1] = 0 :: else fi;
        if :: slot != 2 -> stamp[2] = 0 :: else fi;
        goto life
    :: else
    fi
}

active proctype reader() {
    byte word, seen, one, two;
    bool same_stamp, same_slot;
    do
    :: d_step { was = 1 << current; word = 0; seen = 0; one = 0; two = 0; same_stamp = 0; same_slot = 0 };
        word = slot;
        if
        :: word == 0 -> assert(was & 1); goto next
        :: word == 3 -> goto next
        :: else
        fi;
        seen = stamp[word];
#ifndef OLD_READER
        if
        :: seen == 0 -> goto next
        :: else
        fi;
#endif
#ifdef NO_FENCE_BEFORE_CONFIRM
        if
        :: stamp[word] != seen || slot != word -> goto next
        :: else
        fi;
#endif
        if
        :: one = left[word]; two = right[word]
        :: two = right[word]; one = left[word]
        fi;
#ifndef NO_FENCE_BEFORE_CONFIRM
#ifdef NO_SECOND_STAMP
        if :: slot != word -> goto next :: else fi;
#else
        if
        :: same_stamp = stamp[word] == seen; same_slot = slot == word
        :: same_slot = slot == word; same_stamp = stamp[word] == seen
        fi;
        if :: same_stamp && same_slot :: else -> goto next fi;
#endif
#endif
        assert(one == two);
        assert(((was | cut) >> one) & 1);
next:   skip
    od
}

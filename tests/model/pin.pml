/*
 * How a value that is used in place stays where it is (ext/cache/segment/pin.h), also through a fork (ext/cache/segment/lane.c): for
 * spin, run by scripts/check-models, which also sees to it that every mutant fails.
 *
 * Mutants: NO_SECOND_CONFIRM NO_FENCE_AFTER_PIN LOOKED_BEFORE_ENDED NO_LOOK_AGAIN COUNTED_BEFORE_COPIED RELEASED_BEFORE_COPIED
 *
 * One entry, two lanes. A reader pins in the second; when it forks it gives its child the first, which a writer that
 * goes through the lanes upwards has looked at before. A store that no fence holds back may be seen later than the
 * loads behind it.
 */
bool published = true; /* the slot points to the entry, and its stamp is right: each is looked at, either tells */
bool pinned[3];
byte hand_overs;
bool used_again;       /* the memory has become something else */

/* lyger_pin_holds() and what follows; again and again when somebody holds it. */
active proctype writer() {
    byte before;
#ifndef LOOKED_BEFORE_ENDED
    published = false;
#endif
look:
    before = hand_overs;
    if :: pinned[1] -> goto look :: else fi;
    if :: pinned[2] -> goto look :: else fi;
#ifndef NO_LOOK_AGAIN
    if :: hand_overs != before -> goto look :: else fi;
#endif
#ifdef LOOKED_BEFORE_ENDED
    published = false;
#endif
    used_again = true
}

inline use() {
    assert(!used_again);
    assert(!used_again)
}

proctype child() {
    use();
    pinned[1] = false
}

active proctype reader() {
    if :: !published -> goto end :: else fi;
#ifdef NO_FENCE_AFTER_PIN
    if :: !published -> goto end :: else fi;
    pinned[2] = true;
#else
    pinned[2] = true;
#ifndef NO_SECOND_CONFIRM
    if :: !published -> pinned[2] = false; goto end :: else fi;
#endif
#endif
    use();
#ifdef RELEASED_BEFORE_COPIED
    pinned[2] = false;
#endif
#ifdef COUNTED_BEFORE_COPIED
    hand_overs++;
    pinned[1] = true;
#else
    pinned[1] = true;
    hand_overs++;
#endif
    run child();
    pinned[2] = false;
end: skip
}

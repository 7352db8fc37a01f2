// Keeps secrets from outliving their use in a process's memory. Whoever has this target in it has a free, a realloc and a
// reallocarray of its own, which overwrite what they give back; so it is for programs alone, and no library needs it.
//
// The runtime copies values as it likes: an array of secret bytes that was passed on may have been copied several times,
// and no code of ours could find the copies. All of them are given back in the end, though, and there they are erased.
#ifndef CERASURE_H
#define CERASURE_H

// The kernel writes no core of this process, hands its memory to no crash handler, and lets no other process of the same user
// look into it (prctl(PR_SET_DUMPABLE, 0)); a signal that is fatal ends it at once, with nothing written down. Returns 0 or
// an errno value.
int cerasure_withhold_memory(void);

#endif

// What the fuzzers need of C: a header of Glibc's that its Swift module leaves out, and libFuzzer's entry for programs
// that have a `main` of their own.
#pragma once

#include <malloc.h>
#include <stddef.h>
#include <stdint.h>

typedef int (*FuzzingBody)(const uint8_t *_Nullable data, size_t size);

int LLVMFuzzerRunDriver(int *_Nonnull argc, char *_Nullable *_Nonnull *_Nonnull argv, FuzzingBody _Nonnull body);

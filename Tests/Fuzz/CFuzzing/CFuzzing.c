// A target of C has to have a file to compile; everything is in the header.
#include "CFuzzing.h"

/* floor.c, whose frames go to all others. */
#define PUBLISH
#include "floor.c"

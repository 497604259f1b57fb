/* In place of glibc's own: the sum of two squares of floats does not overflow as doubles, and is rounded once. */
double sqrt(double);

float __wrap_hypotf(float x, float y) {
    if (__builtin_isinf(x) || __builtin_isinf(y)) {
        return __builtin_inff();
    }
    return (float)sqrt((double)x * x + (double)y * y);
}

// The most multiplications with addition that this processor can do: independent sums in registers, nothing from memory.
// Prints billions a second. For x86 with FMA: cc -O3 -march=native -pthread multiply-adds.c && ./a.out THREADS
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
#define BYTES 64
#else
#define BYTES 32
#endif
#define SUMS 12
typedef float vector __attribute__((vector_size(BYTES)));

static const long rounds = 400000000;
static volatile float sink;

static void *work(void *unused) {
  vector factor = {0}, added = {0};
  for (int i = 0; i < BYTES / 4; i++) factor[i] = 0.999f + 1e-6f * i, added[i] = 1e-3f * i;
  vector a = {0}, b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
#define ADD(sum) "vfmadd231ps %12, %13, %" #sum "\n\t"
  for (long n = 0; n < rounds; n++)
    __asm__ volatile(ADD(0) ADD(1) ADD(2) ADD(3) ADD(4) ADD(5) ADD(6) ADD(7) ADD(8) ADD(9) ADD(10) ADD(11)
                     : "+v"(a), "+v"(b), "+v"(c), "+v"(d), "+v"(e), "+v"(f), "+v"(g), "+v"(h), "+v"(i), "+v"(j),
                       "+v"(k), "+v"(l)
                     : "v"(factor), "v"(added));
  a += b + c + d + e + f + g + h + i + j + k + l;
  sink = a[0];
  return unused;
}

int main(int count, char **words) {
  int threads = count > 1 ? atoi(words[1]) : 1;
  pthread_t started[64];
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int t = 0; t < threads; t++) pthread_create(&started[t], NULL, work, NULL);
  for (int t = 0; t < threads; t++) pthread_join(started[t], NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  double seconds = (end.tv_sec - begin.tv_sec) + 1e-9 * (end.tv_nsec - begin.tv_nsec);
  printf("%.1f\n", 1e-9 * rounds * SUMS * (BYTES / 4) * threads / seconds);
}

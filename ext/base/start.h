/*
 * What every PHP that loads lyger runs and writes when it starts and ends, whether or not it uses lyger, lies
 * together in lyger.so: the first touch of a page of a library costs 0.5 to 10 microseconds, and a short
 * command pays little else for an extension.
 *
 * Both are attributes of a definition. The linker puts .text.startup, where compilers put what runs once,
 * before the other code, and .data.start between other data; where there is no ELF, they say nothing.
 */
#ifndef LYGER_BASE_START_H
#define LYGER_BASE_START_H

#ifdef __ELF__
#define LYGER_AT_START __attribute__((section(".text.startup")))   /* a function */
#define LYGER_SET_AT_START __attribute__((section(".data.start"))) /* a variable that is not constant */
#else
#define LYGER_AT_START
#define LYGER_SET_AT_START
#endif

#endif

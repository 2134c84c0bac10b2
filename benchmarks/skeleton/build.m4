dnl my_function as an extension: one core function, one PHP function that calls it.

PHP_ARG_ENABLE([my_function],
  [whether to enable my_function],
  [AS_HELP_STRING([--enable-my_function], [Enable my_function])])

if test "$PHP_MY_FUNCTION" != "no"; then
  PHP_NEW_EXTENSION([my_function], [php_my_function.c my_function.c], [$ext_shared],, [-std=gnu11 -fvisibility=hidden])
fi

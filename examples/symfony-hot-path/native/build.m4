PHP_ARG_ENABLE([similar_items], [whether to build similar_items], [AS_HELP_STRING([--enable-similar_items], [the native door])], [yes])
if test "$PHP_SIMILAR_ITEMS" != no; then
    PHP_NEW_EXTENSION([similar_items], [php_similar_items.c similar_items.c], [$ext_shared], , [-std=gnu11 -O2 -Wall -Wextra -Werror -Wno-unused-parameter])
fi

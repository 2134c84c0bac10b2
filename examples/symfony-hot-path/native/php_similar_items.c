/* The native door of similar_items.c: a class that owns an index. */
#include <php.h>
#include <stdint.h>

#include <ext/spl/spl_exceptions.h>
#include <zend_exceptions.h>

#include "similar_items.h"

typedef struct index_object {
    similar_items *index;
    zend_object std;
} index_object;

static zend_object_handlers handlers;

static index_object *of(zend_object *object)
{
    return (index_object *)((char *)object - offsetof(index_object, std));
}

static zend_object *create(zend_class_entry *class)
{
    index_object *made = zend_object_alloc(sizeof *made, class);
    made->index = NULL;
    zend_object_std_init(&made->std, class);
    object_properties_init(&made->std, class);
    made->std.handlers = &handlers;
    return &made->std;
}

static void destroy(zend_object *object)
{
    if (of(object)->index) {
        similar_items_close(of(object)->index);
    }
    zend_object_std_dtor(object);
}

ZEND_BEGIN_ARG_INFO_EX(construct_info, 0, 0, 1)
ZEND_ARG_TYPE_INFO(0, path, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_METHOD(SimilarItemsIndex, __construct)
{
    zend_string *path;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_PATH_STR(path)
    ZEND_PARSE_PARAMETERS_END();
    index_object *this = of(Z_OBJ_P(ZEND_THIS));
    if (this->index) {
        zend_throw_error(NULL, "the index is open already");
        RETURN_THROWS();
    }
    this->index = similar_items_open(ZSTR_VAL(path));
    if (!this->index) {
        zend_throw_exception_ex(spl_ce_RuntimeException, 0, "%s is no catalogue", ZSTR_VAL(path));
    }
}

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(nearest_info, 0, 2, IS_ARRAY, 0)
ZEND_ARG_TYPE_INFO(0, item, IS_LONG, 0)
ZEND_ARG_TYPE_INFO(0, count, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_METHOD(SimilarItemsIndex, nearest)
{
    zend_long item, count;
    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_LONG(item)
        Z_PARAM_LONG(count)
    ZEND_PARSE_PARAMETERS_END();
    index_object *this = of(Z_OBJ_P(ZEND_THIS));
    if (!this->index) {
        zend_throw_error(NULL, "the index is not open");
        RETURN_THROWS();
    }
    if (count < 1 || count > 1000) {
        zend_argument_value_error(2, "must be 1 to 1000, " ZEND_LONG_FMT " given", count);
        RETURN_THROWS();
    }
    uint32_t items[1000];
    float scores[1000];
    int64_t found = item < 0 || item > UINT32_MAX
                        ? -1
                        : similar_items_nearest(this->index, (uint32_t)item, (uint32_t)count, items, scores);
    if (found < 0) {
        zend_throw_exception_ex(spl_ce_OutOfRangeException, 0, "there is no item " ZEND_LONG_FMT, item);
        RETURN_THROWS();
    }
    array_init_size(return_value, (uint32_t)found);
    for (int64_t i = 0; i < found; i++) {
        add_index_double(return_value, items[i], scores[i]);
    }
}

static const zend_function_entry methods[] = {
    ZEND_ME(SimilarItemsIndex, __construct, construct_info, ZEND_ACC_PUBLIC)
        ZEND_ME(SimilarItemsIndex, nearest, nearest_info, ZEND_ACC_PUBLIC) ZEND_FE_END};

static PHP_MINIT_FUNCTION(similar_items)
{
    (void)type;
    (void)module_number;
    zend_class_entry class;
    INIT_CLASS_ENTRY(class, "SimilarItemsIndex", methods);
    zend_class_entry *registered = zend_register_internal_class(&class);
    registered->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
    registered->create_object = create;
    memcpy(&handlers, &std_object_handlers, sizeof handlers);
    handlers.offset = offsetof(index_object, std);
    handlers.free_obj = destroy;
    handlers.clone_obj = NULL;
    return SUCCESS;
}

zend_module_entry similar_items_module_entry = {
    STANDARD_MODULE_HEADER,    "similar_items", NULL, PHP_MINIT(similar_items), NULL, NULL, NULL, NULL, "1.0",
    STANDARD_MODULE_PROPERTIES};

ZEND_GET_MODULE(similar_items)

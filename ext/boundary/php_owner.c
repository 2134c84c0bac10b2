/*
 * What PHP holds as an object: an owner that knows that it was freed, an archive that lives as long as a view
 * into it, rows that stay in C. Each object has one thing of the core (an owner, an archive or rows), and may
 * keep another object alive.
 */
#include "php_boundary.h"

#include "lyger_error.h"

typedef struct probe_object {
    void *thing; /* NULL before the constructor and after free() */
    void (*release)(void *thing);
    lyger_probe_file file; /* of a Lyger\ProbeFile: pointers into the archive that it keeps */
    zend_object *keeps;    /* counted, or NULL */
    zend_object std;
} probe_object;

static zend_object_handlers probe_handlers;
static zend_class_entry *file_class;

static probe_object *object_of(zend_object *object)
{
    return (probe_object *)((char *)object - XtOffsetOf(probe_object, std));
}

static zend_object *probe_create(zend_class_entry *class_entry)
{
    probe_object *object = zend_object_alloc(sizeof *object, class_entry);
    zend_object_std_init(&object->std, class_entry);
    object_properties_init(&object->std, class_entry);
    object->std.handlers = &probe_handlers;
    return &object->std;
}

static void release_thing(probe_object *object)
{
    if (object->thing) {
        object->release(object->thing);
        object->thing = NULL;
    }
}

static void probe_free(zend_object *std)
{
    probe_object *object = object_of(std);
    release_thing(object);
    if (object->keeps) {
        OBJ_RELEASE(object->keeps);
    }
    zend_object_std_dtor(std);
}

void php_lyger_boundary_register(zend_class_entry *owner, zend_class_entry *archive, zend_class_entry *file,
                                 zend_class_entry *rows)
{
    owner->create_object = archive->create_object = file->create_object = rows->create_object = probe_create;
    file_class = file;
    php_lyger_boundary_keep_names();
    memcpy(&probe_handlers, &std_object_handlers, sizeof probe_handlers);
    probe_handlers.offset = XtOffsetOf(probe_object, std);
    probe_handlers.free_obj = probe_free;
    probe_handlers.clone_obj = NULL;
}

/* Makes thing the object's, which releases it; NULL throws, as does a second constructor call, because views
 * may point into the first thing. */
static void take_thing(probe_object *object, void *thing, void (*release)(void *thing))
{
    if (object->thing) {
        release(thing);
        zend_throw_error(NULL, "%s is constructed already", ZSTR_VAL(object->std.ce->name));
    } else if (!thing) {
        zend_throw_error(NULL, "no memory for %s", ZSTR_VAL(object->std.ce->name));
    } else {
        object->thing = thing;
        object->release = release;
    }
}

/* ---- Lyger\ProbeOwner ---- */

static void release_owner(void *thing)
{
    lyger_boundary_owner_free(thing);
}

ZEND_METHOD(Lyger_ProbeOwner, __construct)
{
    zend_long value;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(value)
    ZEND_PARSE_PARAMETERS_END();

    take_thing(object_of(Z_OBJ_P(ZEND_THIS)), lyger_boundary_owner_new(value), release_owner);
}

ZEND_METHOD(Lyger_ProbeOwner, use)
{
    ZEND_PARSE_PARAMETERS_NONE();

    probe_object *object = object_of(Z_OBJ_P(ZEND_THIS));
    if (UNEXPECTED(!object->thing)) {
        zend_throw_error(NULL, "Lyger\\ProbeOwner was freed");
        RETURN_THROWS();
    }
    RETURN_LONG(lyger_boundary_owner_use(object->thing));
}

ZEND_METHOD(Lyger_ProbeOwner, free)
{
    ZEND_PARSE_PARAMETERS_NONE();

    release_thing(object_of(Z_OBJ_P(ZEND_THIS)));
}

/* ---- Lyger\ProbeArchive and its files ---- */

static void release_archive(void *thing)
{
    lyger_boundary_tar_free(thing);
}

ZEND_METHOD(Lyger_ProbeArchive, __construct)
{
    zend_string *bytes;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(bytes)
    ZEND_PARSE_PARAMETERS_END();

    lyger_probe_tar *tar = NULL;
    lyger_error error;
    if (lyger_boundary_tar_open(ZSTR_VAL(bytes), ZSTR_LEN(bytes), &tar, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    take_thing(object_of(Z_OBJ_P(ZEND_THIS)), tar, release_archive);
}

ZEND_METHOD(Lyger_ProbeArchive, count)
{
    ZEND_PARSE_PARAMETERS_NONE();

    const probe_object *archive = object_of(Z_OBJ_P(ZEND_THIS));
    RETURN_LONG(archive->thing ? (zend_long)lyger_boundary_tar_count(archive->thing) : 0);
}

ZEND_METHOD(Lyger_ProbeArchive, file)
{
    zend_long index;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(index)
    ZEND_PARSE_PARAMETERS_END();

    const probe_object *archive = object_of(Z_OBJ_P(ZEND_THIS));
    lyger_probe_file view;
    if (!archive->thing || index < 0 || !lyger_boundary_tar_file(archive->thing, (size_t)index, &view)) {
        zend_argument_value_error(1, "must be less than the number of files, and not negative");
        RETURN_THROWS();
    }
    if (!php_lyger_object(return_value, file_class, probe_create)) {
        RETURN_THROWS();
    }
    probe_object *file = object_of(Z_OBJ_P(return_value));
    file->file = view;
    file->keeps = Z_OBJ_P(ZEND_THIS);
    GC_ADDREF(file->keeps);
}

ZEND_METHOD(Lyger_ProbeFile, __construct)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

ZEND_METHOD(Lyger_ProbeFile, name)
{
    ZEND_PARSE_PARAMETERS_NONE();

    const lyger_probe_file *file = &object_of(Z_OBJ_P(ZEND_THIS))->file;
    RETURN_STRINGL_FAST(file->name, file->name_len);
}

ZEND_METHOD(Lyger_ProbeFile, contents)
{
    ZEND_PARSE_PARAMETERS_NONE();

    const lyger_probe_file *file = &object_of(Z_OBJ_P(ZEND_THIS))->file;
    RETURN_STRINGL_FAST(file->bytes, file->len);
}

ZEND_METHOD(Lyger_ProbeFile, digits)
{
    ZEND_PARSE_PARAMETERS_NONE();

    const lyger_probe_file *file = &object_of(Z_OBJ_P(ZEND_THIS))->file;
    RETURN_LONG((zend_long)lyger_boundary_digits(file->bytes, file->len));
}

/* ---- Lyger\ProbeRows ---- */

static void release_rows(void *thing)
{
    lyger_boundary_rows_free(thing);
}

ZEND_METHOD(Lyger_ProbeRows, __construct)
{
    zend_long count;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(count)
    ZEND_PARSE_PARAMETERS_END();

    if (count < 0) {
        zend_argument_value_error(1, "must be greater than or equal to 0");
        RETURN_THROWS();
    }
    take_thing(object_of(Z_OBJ_P(ZEND_THIS)), lyger_boundary_rows_new((size_t)count), release_rows);
}

ZEND_METHOD(Lyger_ProbeRows, count)
{
    ZEND_PARSE_PARAMETERS_NONE();

    const probe_object *rows = object_of(Z_OBJ_P(ZEND_THIS));
    RETURN_LONG(rows->thing ? (zend_long)lyger_boundary_rows_count(rows->thing) : 0);
}

ZEND_METHOD(Lyger_ProbeRows, total)
{
    ZEND_PARSE_PARAMETERS_NONE();

    const probe_object *rows = object_of(Z_OBJ_P(ZEND_THIS));
    RETURN_DOUBLE(rows->thing ? lyger_boundary_rows_total(rows->thing) : 0);
}

ZEND_METHOD(Lyger_ProbeRows, row)
{
    zend_long index;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(index)
    ZEND_PARSE_PARAMETERS_END();

    const probe_object *rows = object_of(Z_OBJ_P(ZEND_THIS));
    lyger_probe_row row;
    if (!rows->thing || index < 0 || !lyger_boundary_rows_read(rows->thing, (size_t)index, &row)) {
        zend_argument_value_error(1, "must be less than the number of rows, and not negative");
        RETURN_THROWS();
    }
    php_lyger_boundary_row(&row, return_value);
}

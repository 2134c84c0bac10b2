#include "lyger_engine.h"

static LYGER_SET_AT_START zend_class_entry *engine_class;
static LYGER_SET_AT_START zend_object_handlers engine_handlers;

static zend_object *engine_create(zend_class_entry *class_entry)
{
    zend_object *engine = zend_objects_new(class_entry);
    engine->handlers = &engine_handlers;
    return engine;
}

LYGER_AT_START zend_result php_lyger_engine_register(zend_class_entry *class_entry)
{
    engine_class = class_entry;
    engine_class->create_object = engine_create;
    memcpy(&engine_handlers, &std_object_handlers, sizeof engine_handlers);
    engine_handlers.clone_obj = NULL;
    return LYGER_G(core_alias) ? zend_register_class_alias("Lyger\\Core\\Engine", engine_class) : SUCCESS;
}

LYGER_AT_START void php_lyger_engine_request_stop(void)
{
    if (LYGER_G(engine)) {
        OBJ_RELEASE(LYGER_G(engine));
        LYGER_G(engine) = NULL;
    }
}

ZEND_METHOD(Lyger_Engine, __construct)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

ZEND_METHOD(Lyger_Engine, __clone)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

ZEND_METHOD(Lyger_Engine, getInstance)
{
    ZEND_PARSE_PARAMETERS_NONE();

    if (UNEXPECTED(LYGER_G(request_over))) {
        object_init_ex(return_value, engine_class);
        return;
    }
    if (!LYGER_G(engine)) {
        zval engine;
        object_init_ex(&engine, engine_class);
        LYGER_G(engine) = Z_OBJ(engine);
    }
    RETURN_OBJ_COPY(LYGER_G(engine));
}

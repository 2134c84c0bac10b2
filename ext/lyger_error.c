#include "lyger_error.h"

#include "lyger_compat.h"

#include "zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

LYGER_SET_AT_START php_lyger_exceptions php_lyger_exception;

/* The one table: a status of the core and the class that PHP code catches. */
static zend_class_entry *class_of(lyger_status status)
{
    switch (status) {
    case LYGER_E_ARGUMENT:
        return zend_ce_value_error;
    case LYGER_E_CACHE:
        return php_lyger_exception.cache;
    case LYGER_E_QUERY:
    case LYGER_E_HANDLE:
    case LYGER_E_TIMEOUT:
        return php_lyger_exception.query;
    case LYGER_E_SERVER:
        return php_lyger_exception.server;
    default:
        return php_lyger_exception.runtime;
    }
}

zend_class_entry *php_lyger_throwable(zend_class_entry *class_entry)
{
    if (EXPECTED(class_entry->create_object == zend_ce_exception->create_object)) {
        return class_entry;
    }
    class_entry = spl_ce_RuntimeException;
    return class_entry->create_object == zend_ce_exception->create_object ? class_entry : zend_ce_exception;
}

bool php_lyger_object(zval *object, zend_class_entry *class_entry,
                      zend_object *(*create)(zend_class_entry *class_entry))
{
    if (UNEXPECTED(class_entry->create_object != create)) {
        zend_throw_error(NULL, "The class %s is disabled", ZSTR_VAL(class_entry->name));
        return false;
    }
    object_init_ex(object, class_entry);
    return true;
}

void php_lyger_remember_error(const char *message)
{
    lyger_copy_text(LYGER_G(last_error), sizeof LYGER_G(last_error), message, strlen(message));
}

void php_lyger_throw(const lyger_error *error)
{
    if (EG(exception) || (error->status == LYGER_E_INTERRUPTED && php_lyger_memory_limit_reached())) {
        return;
    }
    if (error->status == LYGER_E_INTERRUPTED && php_lyger_client_left()) {
        PG(connection_status) = PHP_CONNECTION_ABORTED;
        zend_throw_unwind_exit();
        return;
    }
    if (error->status == LYGER_E_INTERRUPTED && zend_atomic_bool_load_ex(&EG(timed_out))) {
        zend_timeout();
        return;
    }
    php_lyger_remember_error(error->message);
    zend_class_entry *class_entry = php_lyger_throwable(class_of(error->status));
    zend_object *exception = zend_throw_exception(class_entry, error->message, error->code);
    if (class_entry == php_lyger_exception.query) {
        zend_update_property_string(class_entry, exception, ZEND_STRL("sqlState"), error->sqlstate);
        zend_update_property_long(class_entry, exception, ZEND_STRL("position"), error->position);
    }
}

static bool interrupt_requested(void *context)
{
    (void)context;
    if (EXPECTED(!zend_atomic_bool_load_ex(&EG(vm_interrupt)))) {
        return php_lyger_client_left();
    }
    if (zend_atomic_bool_load_ex(&EG(timed_out)) || php_lyger_memory_limit_reached()) {
        return true; /* the interrupt stays set, for PHP to find */
    }
    zend_atomic_bool_store_ex(&EG(vm_interrupt), false);
    if (zend_interrupt_function) {
        zend_interrupt_function(EG(current_execute_data));
    }
    return EG(exception) != NULL;
}

const lyger_interrupt php_lyger_interrupt = {interrupt_requested, NULL};

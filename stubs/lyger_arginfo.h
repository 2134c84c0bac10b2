/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 0b7a15dc88383344d6c353e2ed8d0bbeb70e9b19 */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_hello_world, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_heavy_computation, 0, 0, IS_DOUBLE, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, iterations, IS_LONG, 0, "1000000")
ZEND_END_ARG_INFO()

#define arginfo_lyger_system_info arginfo_lyger_hello_world

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_lyger_json_encode, 0, 1, MAY_BE_STRING|MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, flags, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, depth, IS_LONG, 0, "512")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_set, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ttl, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_get, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, default, IS_MIXED, 0, "\'\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_delete, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_clear, 0, 0, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, prefix, IS_STRING, 0, "\'\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_size, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_lyger_cache_has arginfo_lyger_cache_delete

#define arginfo_lyger_cache_add arginfo_lyger_cache_set

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_touch, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, ttl, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_increment, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, by, IS_LONG, 0, "1")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ttl, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

#define arginfo_lyger_cache_decrement arginfo_lyger_cache_increment

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_get_batch, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, keys, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, default, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_set_batch, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_MASK(0, items, MAY_BE_ARRAY|MAY_BE_STRING, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ttl, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_delete_batch, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, keys, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_take, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, default, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_compare_and_set, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, expected, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ttl, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_compare_and_delete, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, expected, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_entry, 0, 1, IS_ARRAY, 1)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_remember, 0, 2, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, compute, IS_CALLABLE, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ttl, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, stale, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, wait, IS_DOUBLE, 0, "30.0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_lock, 0, 2, IS_STRING, 1)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, ttl, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, wait, IS_DOUBLE, 0, "0.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, token, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_unlock, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, token, IS_STRING, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_lock_extend, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, token, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, ttl, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_lock_owner, 0, 1, IS_STRING, 1)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_lyger_cache_keys, 0, 0, Iterator, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, prefix, IS_STRING, 0, "\'\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_cache_info, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, detailed, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_db_query, 0, 2, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, dsn, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, query, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, params, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

#define arginfo_lyger_db_query_async arginfo_lyger_db_query

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_jsonify_result, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, result, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_free_result, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, result, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_result_info, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, result, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_result_chunk, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, result, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, offset, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, limit, IS_LONG, 0, "1000")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_lyger_stream_result, 0, 1, Iterator, 0)
	ZEND_ARG_TYPE_INFO(0, result, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, chunkSize, IS_LONG, 0, "1000")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_db_query_json, 0, 2, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, dsn, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, query, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, params, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_db_query_json_v2, 0, 2, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, dsn, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, query, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bindings, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_db_health, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, dsn, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_db_health_with_retry, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, dsn, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, attempts, IS_LONG, 0, "3")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, backoffMs, IS_LONG, 0, "100")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_memory_metrics, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

#define arginfo_lyger_last_error arginfo_lyger_hello_world

#define arginfo_lyger_db_execute arginfo_lyger_db_query

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_db_transaction, 0, 2, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, dsn, IS_STRING, 0)
	ZEND_ARG_TYPE_MASK(0, fn, MAY_BE_CALLABLE|MAY_BE_ARRAY, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_start_server, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, handler, IS_CALLABLE, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, port, IS_LONG, 0, "8000")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_start_queue_server, 0, 0, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, port, IS_LONG, 0, "8000")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_next_request, 0, 0, IS_ARRAY, 1)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeoutMs, IS_LONG, 0, "100")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_send_response, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, requestId, IS_LONG, 0)
	ZEND_ARG_TYPE_MASK(0, response, MAY_BE_OBJECT|MAY_BE_ARRAY|MAY_BE_STRING, NULL)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_stop_server, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_handle_request, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_finish_request, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_restart_to_serve, 0, 0, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, settings, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

#define arginfo_lyger_serve_scripts arginfo_lyger_stop_server

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_nothing, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_take, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_LONG, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_take_float, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_DOUBLE, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_take_text, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, text, IS_STRING, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_take_array, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, array, IS_ARRAY, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_double, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_LONG, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_halve, 0, 1, IS_DOUBLE, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_DOUBLE, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_text_in, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, text, IS_STRING, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_lyger_probe_nul_scan arginfo_lyger_probe_text_in
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_utf8, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, text, IS_STRING, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_text_out, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, length, IS_LONG, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_reverse, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, text, IS_STRING, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_digits, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, bytes, IS_STRING, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_threads, 0, 2, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, bytes, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, threads, IS_LONG, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_sum, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, numbers, IS_ARRAY, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_lyger_probe_sum_copied arginfo_lyger_probe_sum
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_sum_packed, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, packed, IS_STRING, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_record, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, record, IS_ARRAY, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_each, 0, 2, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
	ZEND_ARG_TYPE_INFO(0, count, IS_LONG, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_lyger_probe_check arginfo_lyger_probe_double
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_lyger_probe_status arginfo_lyger_probe_double
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_lyger_probe_rows, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, count, IS_LONG, 0)
ZEND_END_ARG_INFO()
#endif

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Lyger_CacheKeys___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Lyger_CacheKeys_current, 0, 0, IS_STRING, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Lyger_CacheKeys_key, 0, 0, IS_LONG, 1)
ZEND_END_ARG_INFO()

#define arginfo_class_Lyger_CacheKeys_next arginfo_lyger_stop_server

#define arginfo_class_Lyger_CacheKeys_rewind arginfo_lyger_stop_server

#define arginfo_class_Lyger_CacheKeys_valid arginfo_lyger_finish_request

#define arginfo_class_Lyger_RowStream___construct arginfo_class_Lyger_CacheKeys___construct

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Lyger_RowStream_current, 0, 0, IS_ARRAY, 1)
ZEND_END_ARG_INFO()

#define arginfo_class_Lyger_RowStream_key arginfo_class_Lyger_CacheKeys_key

#define arginfo_class_Lyger_RowStream_next arginfo_lyger_stop_server

#define arginfo_class_Lyger_RowStream_rewind arginfo_lyger_stop_server

#define arginfo_class_Lyger_RowStream_valid arginfo_lyger_finish_request

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Lyger_Binary___construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, bytes, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Lyger_Result___construct arginfo_class_Lyger_CacheKeys___construct

#define arginfo_class_Lyger_Result_count arginfo_lyger_cache_size

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Lyger_Result_getIterator, 0, 0, Iterator, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Lyger_Result_toJson arginfo_lyger_hello_world

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Lyger_Result_jsonSerialize, 0, 0, IS_MIXED, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Lyger_Result_columns arginfo_lyger_memory_metrics

#define arginfo_class_Lyger_Result_affected arginfo_lyger_cache_size

#define arginfo_class_Lyger_Engine___construct arginfo_class_Lyger_CacheKeys___construct

#define arginfo_class_Lyger_Engine___clone arginfo_lyger_stop_server

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Lyger_Engine_getInstance, 0, 0, Lyger\\Engine, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Lyger_Engine_helloWorld arginfo_lyger_hello_world

#define arginfo_class_Lyger_Engine_heavyComputation arginfo_lyger_heavy_computation

#define arginfo_class_Lyger_Engine_systemInfo arginfo_lyger_hello_world

#define arginfo_class_Lyger_Engine_jsonEncode arginfo_lyger_json_encode

#define arginfo_class_Lyger_Engine_cacheSet arginfo_lyger_cache_set

#define arginfo_class_Lyger_Engine_cacheGet arginfo_lyger_cache_get

#define arginfo_class_Lyger_Engine_cacheDelete arginfo_lyger_cache_delete

#define arginfo_class_Lyger_Engine_cacheClear arginfo_lyger_cache_clear

#define arginfo_class_Lyger_Engine_cacheSize arginfo_lyger_cache_size

#define arginfo_class_Lyger_Engine_cacheHas arginfo_lyger_cache_delete

#define arginfo_class_Lyger_Engine_cacheAdd arginfo_lyger_cache_set

#define arginfo_class_Lyger_Engine_cacheTouch arginfo_lyger_cache_touch

#define arginfo_class_Lyger_Engine_cacheIncrement arginfo_lyger_cache_increment

#define arginfo_class_Lyger_Engine_cacheDecrement arginfo_lyger_cache_increment

#define arginfo_class_Lyger_Engine_cacheGetBatch arginfo_lyger_cache_get_batch

#define arginfo_class_Lyger_Engine_cacheSetBatch arginfo_lyger_cache_set_batch

#define arginfo_class_Lyger_Engine_cacheDeleteBatch arginfo_lyger_cache_delete_batch

#define arginfo_class_Lyger_Engine_cacheTake arginfo_lyger_cache_take

#define arginfo_class_Lyger_Engine_cacheCompareAndSet arginfo_lyger_cache_compare_and_set

#define arginfo_class_Lyger_Engine_cacheCompareAndDelete arginfo_lyger_cache_compare_and_delete

#define arginfo_class_Lyger_Engine_cacheEntry arginfo_lyger_cache_entry

#define arginfo_class_Lyger_Engine_cacheRemember arginfo_lyger_cache_remember

#define arginfo_class_Lyger_Engine_cacheLock arginfo_lyger_cache_lock

#define arginfo_class_Lyger_Engine_cacheUnlock arginfo_lyger_cache_unlock

#define arginfo_class_Lyger_Engine_cacheLockExtend arginfo_lyger_cache_lock_extend

#define arginfo_class_Lyger_Engine_cacheLockOwner arginfo_lyger_cache_lock_owner

#define arginfo_class_Lyger_Engine_cacheKeys arginfo_lyger_cache_keys

#define arginfo_class_Lyger_Engine_cacheInfo arginfo_lyger_cache_info

#define arginfo_class_Lyger_Engine_dbQuery arginfo_lyger_db_query

#define arginfo_class_Lyger_Engine_jsonifyResult arginfo_lyger_jsonify_result

#define arginfo_class_Lyger_Engine_freeResult arginfo_lyger_free_result

#define arginfo_class_Lyger_Engine_resultInfo arginfo_lyger_result_info

#define arginfo_class_Lyger_Engine_resultChunk arginfo_lyger_result_chunk

#define arginfo_class_Lyger_Engine_streamResult arginfo_lyger_stream_result

#define arginfo_class_Lyger_Engine_dbQueryJsonV2 arginfo_lyger_db_query_json_v2

#define arginfo_class_Lyger_Engine_dbHealth arginfo_lyger_db_health

#define arginfo_class_Lyger_Engine_dbHealthWithRetry arginfo_lyger_db_health_with_retry

#define arginfo_class_Lyger_Engine_memoryMetrics arginfo_lyger_memory_metrics

#define arginfo_class_Lyger_Engine_lastError arginfo_lyger_hello_world

#define arginfo_class_Lyger_Engine_dbQueryJson arginfo_lyger_db_query_json

#define arginfo_class_Lyger_Engine_dbExecute arginfo_lyger_db_query

#define arginfo_class_Lyger_Engine_dbQueryAsync arginfo_lyger_db_query

#define arginfo_class_Lyger_Engine_dbTransaction arginfo_lyger_db_transaction

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Lyger_Engine_query, 0, 2, Lyger\\Result, 0)
	ZEND_ARG_TYPE_INFO(0, dsn, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, query, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, params, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

#define arginfo_class_Lyger_Engine_startServer arginfo_lyger_start_server

#define arginfo_class_Lyger_Engine_startQueueServer arginfo_lyger_start_queue_server

#define arginfo_class_Lyger_Engine_nextRequest arginfo_lyger_next_request

#define arginfo_class_Lyger_Engine_sendResponse arginfo_lyger_send_response

#define arginfo_class_Lyger_Engine_stopServer arginfo_lyger_stop_server

#define arginfo_class_Lyger_Engine_handleRequest arginfo_lyger_handle_request

#define arginfo_class_Lyger_Engine_finishRequest arginfo_lyger_finish_request

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_nothing arginfo_lyger_probe_nothing
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_take arginfo_lyger_probe_take
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_takeFloat arginfo_lyger_probe_take_float
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_takeText arginfo_lyger_probe_take_text
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_takeArray arginfo_lyger_probe_take_array
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_double arginfo_lyger_probe_double
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_halve arginfo_lyger_probe_halve
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_textIn arginfo_lyger_probe_text_in
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_textOut arginfo_lyger_probe_text_out
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_reverse arginfo_lyger_probe_reverse
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_digits arginfo_lyger_probe_digits
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_sum arginfo_lyger_probe_sum
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_record arginfo_lyger_probe_record
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_each arginfo_lyger_probe_each
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_check arginfo_lyger_probe_double
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_status arginfo_lyger_probe_double
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_Probe_rows arginfo_lyger_probe_rows
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Lyger_ProbeOwner___construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, value, IS_LONG, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Lyger_ProbeOwner_use, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_ProbeOwner_free arginfo_lyger_probe_nothing
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Lyger_ProbeArchive___construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, bytes, IS_STRING, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_ProbeArchive_count arginfo_class_Lyger_ProbeOwner_use
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Lyger_ProbeArchive_file, 0, 1, Lyger\\ProbeFile, 0)
	ZEND_ARG_TYPE_INFO(0, index, IS_LONG, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Lyger_ProbeFile___construct, 0, 0, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Lyger_ProbeFile_name, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_ProbeFile_contents arginfo_class_Lyger_ProbeFile_name
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_ProbeFile_digits arginfo_class_Lyger_ProbeOwner_use
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Lyger_ProbeRows___construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, count, IS_LONG, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
#define arginfo_class_Lyger_ProbeRows_count arginfo_class_Lyger_ProbeOwner_use
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Lyger_ProbeRows_total, 0, 0, IS_DOUBLE, 0)
ZEND_END_ARG_INFO()
#endif

#if defined(LYGER_BOUNDARY)
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Lyger_ProbeRows_row, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, index, IS_LONG, 0)
ZEND_END_ARG_INFO()
#endif

#define arginfo_class_Lyger_Exception_QueryException_getSqlState arginfo_lyger_hello_world

#define arginfo_class_Lyger_Exception_QueryException_getPosition arginfo_lyger_cache_size


ZEND_FUNCTION(lyger_hello_world);
ZEND_FUNCTION(lyger_heavy_computation);
ZEND_FUNCTION(lyger_system_info);
ZEND_FUNCTION(lyger_json_encode);
ZEND_FUNCTION(lyger_cache_set);
#if PHP_VERSION_ID >= 80400
ZEND_FRAMELESS_FUNCTION(lyger_cache_set, 2);
ZEND_FRAMELESS_FUNCTION(lyger_cache_set, 3);
static const zend_frameless_function_info frameless_function_infos_lyger_cache_set[] = {
	{ ZEND_FRAMELESS_FUNCTION_NAME(lyger_cache_set, 2), 2 },
	{ ZEND_FRAMELESS_FUNCTION_NAME(lyger_cache_set, 3), 3 },
	{ 0 },
};
#endif
ZEND_FUNCTION(lyger_cache_get);
#if PHP_VERSION_ID >= 80400
ZEND_FRAMELESS_FUNCTION(lyger_cache_get, 1);
ZEND_FRAMELESS_FUNCTION(lyger_cache_get, 2);
static const zend_frameless_function_info frameless_function_infos_lyger_cache_get[] = {
	{ ZEND_FRAMELESS_FUNCTION_NAME(lyger_cache_get, 1), 1 },
	{ ZEND_FRAMELESS_FUNCTION_NAME(lyger_cache_get, 2), 2 },
	{ 0 },
};
#endif
ZEND_FUNCTION(lyger_cache_delete);
ZEND_FUNCTION(lyger_cache_clear);
ZEND_FUNCTION(lyger_cache_size);
ZEND_FUNCTION(lyger_cache_has);
#if PHP_VERSION_ID >= 80400
ZEND_FRAMELESS_FUNCTION(lyger_cache_has, 1);
static const zend_frameless_function_info frameless_function_infos_lyger_cache_has[] = {
	{ ZEND_FRAMELESS_FUNCTION_NAME(lyger_cache_has, 1), 1 },
	{ 0 },
};
#endif
ZEND_FUNCTION(lyger_cache_add);
ZEND_FUNCTION(lyger_cache_touch);
ZEND_FUNCTION(lyger_cache_increment);
ZEND_FUNCTION(lyger_cache_decrement);
ZEND_FUNCTION(lyger_cache_get_batch);
ZEND_FUNCTION(lyger_cache_set_batch);
ZEND_FUNCTION(lyger_cache_delete_batch);
ZEND_FUNCTION(lyger_cache_take);
ZEND_FUNCTION(lyger_cache_compare_and_set);
ZEND_FUNCTION(lyger_cache_compare_and_delete);
ZEND_FUNCTION(lyger_cache_entry);
ZEND_FUNCTION(lyger_cache_remember);
ZEND_FUNCTION(lyger_cache_lock);
ZEND_FUNCTION(lyger_cache_unlock);
ZEND_FUNCTION(lyger_cache_lock_extend);
ZEND_FUNCTION(lyger_cache_lock_owner);
ZEND_FUNCTION(lyger_cache_keys);
ZEND_FUNCTION(lyger_cache_info);
ZEND_FUNCTION(lyger_db_query);
ZEND_FUNCTION(lyger_db_query_async);
ZEND_FUNCTION(lyger_jsonify_result);
ZEND_FUNCTION(lyger_free_result);
ZEND_FUNCTION(lyger_result_info);
ZEND_FUNCTION(lyger_result_chunk);
ZEND_FUNCTION(lyger_stream_result);
ZEND_FUNCTION(lyger_db_query_json);
ZEND_FUNCTION(lyger_db_query_json_v2);
ZEND_FUNCTION(lyger_db_health);
ZEND_FUNCTION(lyger_db_health_with_retry);
ZEND_FUNCTION(lyger_memory_metrics);
ZEND_FUNCTION(lyger_last_error);
ZEND_FUNCTION(lyger_db_execute);
ZEND_FUNCTION(lyger_db_transaction);
ZEND_FUNCTION(lyger_start_server);
ZEND_FUNCTION(lyger_start_queue_server);
ZEND_FUNCTION(lyger_next_request);
ZEND_FUNCTION(lyger_send_response);
ZEND_FUNCTION(lyger_stop_server);
ZEND_FUNCTION(lyger_handle_request);
ZEND_FUNCTION(lyger_finish_request);
ZEND_FUNCTION(lyger_restart_to_serve);
ZEND_FUNCTION(lyger_serve_scripts);
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_nothing);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_take);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_take_float);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_take_text);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_take_array);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_double);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_halve);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_text_in);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_nul_scan);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_utf8);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_text_out);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_reverse);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_digits);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_threads);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_sum);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_sum_copied);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_sum_packed);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_record);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_each);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_check);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_status);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_FUNCTION(lyger_probe_rows);
#endif
ZEND_METHOD(Lyger_CacheKeys, __construct);
ZEND_METHOD(Lyger_CacheKeys, current);
ZEND_METHOD(Lyger_CacheKeys, key);
ZEND_METHOD(Lyger_CacheKeys, next);
ZEND_METHOD(Lyger_CacheKeys, rewind);
ZEND_METHOD(Lyger_CacheKeys, valid);
ZEND_METHOD(Lyger_RowStream, __construct);
ZEND_METHOD(Lyger_RowStream, current);
ZEND_METHOD(Lyger_RowStream, key);
ZEND_METHOD(Lyger_RowStream, next);
ZEND_METHOD(Lyger_RowStream, rewind);
ZEND_METHOD(Lyger_RowStream, valid);
ZEND_METHOD(Lyger_Binary, __construct);
ZEND_METHOD(Lyger_Result, __construct);
ZEND_METHOD(Lyger_Result, count);
ZEND_METHOD(Lyger_Result, getIterator);
ZEND_METHOD(Lyger_Result, toJson);
ZEND_METHOD(Lyger_Result, jsonSerialize);
ZEND_METHOD(Lyger_Result, columns);
ZEND_METHOD(Lyger_Result, affected);
ZEND_METHOD(Lyger_Engine, __construct);
ZEND_METHOD(Lyger_Engine, __clone);
ZEND_METHOD(Lyger_Engine, getInstance);
ZEND_METHOD(Lyger_Engine, query);
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeOwner, __construct);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeOwner, use);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeOwner, free);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeArchive, __construct);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeArchive, count);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeArchive, file);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeFile, __construct);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeFile, name);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeFile, contents);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeFile, digits);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeRows, __construct);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeRows, count);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeRows, total);
#endif
#if defined(LYGER_BOUNDARY)
ZEND_METHOD(Lyger_ProbeRows, row);
#endif
ZEND_METHOD(Lyger_Exception_QueryException, getSqlState);
ZEND_METHOD(Lyger_Exception_QueryException, getPosition);


static const zend_function_entry ext_functions[] = {
	ZEND_FE(lyger_hello_world, arginfo_lyger_hello_world)
	ZEND_FE(lyger_heavy_computation, arginfo_lyger_heavy_computation)
	ZEND_FE(lyger_system_info, arginfo_lyger_system_info)
	ZEND_FE(lyger_json_encode, arginfo_lyger_json_encode)
#if PHP_VERSION_ID >= 80400
	ZEND_RAW_FENTRY("lyger_cache_set", zif_lyger_cache_set, arginfo_lyger_cache_set, 0, frameless_function_infos_lyger_cache_set, NULL)
#else
	ZEND_FE(lyger_cache_set, arginfo_lyger_cache_set)
#endif
#if PHP_VERSION_ID >= 80400
	ZEND_RAW_FENTRY("lyger_cache_get", zif_lyger_cache_get, arginfo_lyger_cache_get, 0, frameless_function_infos_lyger_cache_get, NULL)
#else
	ZEND_FE(lyger_cache_get, arginfo_lyger_cache_get)
#endif
	ZEND_FE(lyger_cache_delete, arginfo_lyger_cache_delete)
	ZEND_FE(lyger_cache_clear, arginfo_lyger_cache_clear)
	ZEND_FE(lyger_cache_size, arginfo_lyger_cache_size)
#if PHP_VERSION_ID >= 80400
	ZEND_RAW_FENTRY("lyger_cache_has", zif_lyger_cache_has, arginfo_lyger_cache_has, 0, frameless_function_infos_lyger_cache_has, NULL)
#else
	ZEND_FE(lyger_cache_has, arginfo_lyger_cache_has)
#endif
	ZEND_FE(lyger_cache_add, arginfo_lyger_cache_add)
	ZEND_FE(lyger_cache_touch, arginfo_lyger_cache_touch)
	ZEND_FE(lyger_cache_increment, arginfo_lyger_cache_increment)
	ZEND_FE(lyger_cache_decrement, arginfo_lyger_cache_decrement)
	ZEND_FE(lyger_cache_get_batch, arginfo_lyger_cache_get_batch)
	ZEND_FE(lyger_cache_set_batch, arginfo_lyger_cache_set_batch)
	ZEND_FE(lyger_cache_delete_batch, arginfo_lyger_cache_delete_batch)
	ZEND_FE(lyger_cache_take, arginfo_lyger_cache_take)
	ZEND_FE(lyger_cache_compare_and_set, arginfo_lyger_cache_compare_and_set)
	ZEND_FE(lyger_cache_compare_and_delete, arginfo_lyger_cache_compare_and_delete)
	ZEND_FE(lyger_cache_entry, arginfo_lyger_cache_entry)
	ZEND_FE(lyger_cache_remember, arginfo_lyger_cache_remember)
	ZEND_FE(lyger_cache_lock, arginfo_lyger_cache_lock)
	ZEND_FE(lyger_cache_unlock, arginfo_lyger_cache_unlock)
	ZEND_FE(lyger_cache_lock_extend, arginfo_lyger_cache_lock_extend)
	ZEND_FE(lyger_cache_lock_owner, arginfo_lyger_cache_lock_owner)
	ZEND_FE(lyger_cache_keys, arginfo_lyger_cache_keys)
	ZEND_FE(lyger_cache_info, arginfo_lyger_cache_info)
	ZEND_FE(lyger_db_query, arginfo_lyger_db_query)
	ZEND_FE(lyger_db_query_async, arginfo_lyger_db_query_async)
	ZEND_FE(lyger_jsonify_result, arginfo_lyger_jsonify_result)
	ZEND_FE(lyger_free_result, arginfo_lyger_free_result)
	ZEND_FE(lyger_result_info, arginfo_lyger_result_info)
	ZEND_FE(lyger_result_chunk, arginfo_lyger_result_chunk)
	ZEND_FE(lyger_stream_result, arginfo_lyger_stream_result)
	ZEND_FE(lyger_db_query_json, arginfo_lyger_db_query_json)
	ZEND_FE(lyger_db_query_json_v2, arginfo_lyger_db_query_json_v2)
	ZEND_FE(lyger_db_health, arginfo_lyger_db_health)
	ZEND_FE(lyger_db_health_with_retry, arginfo_lyger_db_health_with_retry)
	ZEND_FE(lyger_memory_metrics, arginfo_lyger_memory_metrics)
	ZEND_FE(lyger_last_error, arginfo_lyger_last_error)
	ZEND_FE(lyger_db_execute, arginfo_lyger_db_execute)
	ZEND_FE(lyger_db_transaction, arginfo_lyger_db_transaction)
	ZEND_FE(lyger_start_server, arginfo_lyger_start_server)
	ZEND_FE(lyger_start_queue_server, arginfo_lyger_start_queue_server)
	ZEND_FE(lyger_next_request, arginfo_lyger_next_request)
	ZEND_FE(lyger_send_response, arginfo_lyger_send_response)
	ZEND_FE(lyger_stop_server, arginfo_lyger_stop_server)
	ZEND_FE(lyger_handle_request, arginfo_lyger_handle_request)
	ZEND_FE(lyger_finish_request, arginfo_lyger_finish_request)
	ZEND_FE(lyger_restart_to_serve, arginfo_lyger_restart_to_serve)
	ZEND_FE(lyger_serve_scripts, arginfo_lyger_serve_scripts)
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_nothing, arginfo_lyger_probe_nothing)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_take, arginfo_lyger_probe_take)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_take_float, arginfo_lyger_probe_take_float)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_take_text, arginfo_lyger_probe_take_text)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_take_array, arginfo_lyger_probe_take_array)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_double, arginfo_lyger_probe_double)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_halve, arginfo_lyger_probe_halve)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_text_in, arginfo_lyger_probe_text_in)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_nul_scan, arginfo_lyger_probe_nul_scan)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_utf8, arginfo_lyger_probe_utf8)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_text_out, arginfo_lyger_probe_text_out)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_reverse, arginfo_lyger_probe_reverse)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_digits, arginfo_lyger_probe_digits)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_threads, arginfo_lyger_probe_threads)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_sum, arginfo_lyger_probe_sum)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_sum_copied, arginfo_lyger_probe_sum_copied)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_sum_packed, arginfo_lyger_probe_sum_packed)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_record, arginfo_lyger_probe_record)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_each, arginfo_lyger_probe_each)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_check, arginfo_lyger_probe_check)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_status, arginfo_lyger_probe_status)
#endif
#if defined(LYGER_BOUNDARY)
	ZEND_FE(lyger_probe_rows, arginfo_lyger_probe_rows)
#endif
	ZEND_FE_END
};


static const zend_function_entry class_Lyger_Exception_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Lyger_CacheKeys_methods[] = {
	ZEND_ME(Lyger_CacheKeys, __construct, arginfo_class_Lyger_CacheKeys___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Lyger_CacheKeys, current, arginfo_class_Lyger_CacheKeys_current, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_CacheKeys, key, arginfo_class_Lyger_CacheKeys_key, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_CacheKeys, next, arginfo_class_Lyger_CacheKeys_next, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_CacheKeys, rewind, arginfo_class_Lyger_CacheKeys_rewind, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_CacheKeys, valid, arginfo_class_Lyger_CacheKeys_valid, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};


static const zend_function_entry class_Lyger_RowStream_methods[] = {
	ZEND_ME(Lyger_RowStream, __construct, arginfo_class_Lyger_RowStream___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Lyger_RowStream, current, arginfo_class_Lyger_RowStream_current, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_RowStream, key, arginfo_class_Lyger_RowStream_key, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_RowStream, next, arginfo_class_Lyger_RowStream_next, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_RowStream, rewind, arginfo_class_Lyger_RowStream_rewind, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_RowStream, valid, arginfo_class_Lyger_RowStream_valid, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};


static const zend_function_entry class_Lyger_Binary_methods[] = {
	ZEND_ME(Lyger_Binary, __construct, arginfo_class_Lyger_Binary___construct, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};


static const zend_function_entry class_Lyger_Result_methods[] = {
	ZEND_ME(Lyger_Result, __construct, arginfo_class_Lyger_Result___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Lyger_Result, count, arginfo_class_Lyger_Result_count, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_Result, getIterator, arginfo_class_Lyger_Result_getIterator, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_Result, toJson, arginfo_class_Lyger_Result_toJson, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_Result, jsonSerialize, arginfo_class_Lyger_Result_jsonSerialize, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_Result, columns, arginfo_class_Lyger_Result_columns, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_Result, affected, arginfo_class_Lyger_Result_affected, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};


static const zend_function_entry class_Lyger_Engine_methods[] = {
	ZEND_ME(Lyger_Engine, __construct, arginfo_class_Lyger_Engine___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Lyger_Engine, __clone, arginfo_class_Lyger_Engine___clone, ZEND_ACC_PRIVATE)
	ZEND_ME(Lyger_Engine, getInstance, arginfo_class_Lyger_Engine_getInstance, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME_MAPPING(helloWorld, lyger_hello_world, arginfo_class_Lyger_Engine_helloWorld, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(heavyComputation, lyger_heavy_computation, arginfo_class_Lyger_Engine_heavyComputation, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(systemInfo, lyger_system_info, arginfo_class_Lyger_Engine_systemInfo, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(jsonEncode, lyger_json_encode, arginfo_class_Lyger_Engine_jsonEncode, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheSet, lyger_cache_set, arginfo_class_Lyger_Engine_cacheSet, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheGet, lyger_cache_get, arginfo_class_Lyger_Engine_cacheGet, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheDelete, lyger_cache_delete, arginfo_class_Lyger_Engine_cacheDelete, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheClear, lyger_cache_clear, arginfo_class_Lyger_Engine_cacheClear, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheSize, lyger_cache_size, arginfo_class_Lyger_Engine_cacheSize, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheHas, lyger_cache_has, arginfo_class_Lyger_Engine_cacheHas, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheAdd, lyger_cache_add, arginfo_class_Lyger_Engine_cacheAdd, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheTouch, lyger_cache_touch, arginfo_class_Lyger_Engine_cacheTouch, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheIncrement, lyger_cache_increment, arginfo_class_Lyger_Engine_cacheIncrement, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheDecrement, lyger_cache_decrement, arginfo_class_Lyger_Engine_cacheDecrement, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheGetBatch, lyger_cache_get_batch, arginfo_class_Lyger_Engine_cacheGetBatch, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheSetBatch, lyger_cache_set_batch, arginfo_class_Lyger_Engine_cacheSetBatch, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheDeleteBatch, lyger_cache_delete_batch, arginfo_class_Lyger_Engine_cacheDeleteBatch, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheTake, lyger_cache_take, arginfo_class_Lyger_Engine_cacheTake, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheCompareAndSet, lyger_cache_compare_and_set, arginfo_class_Lyger_Engine_cacheCompareAndSet, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheCompareAndDelete, lyger_cache_compare_and_delete, arginfo_class_Lyger_Engine_cacheCompareAndDelete, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheEntry, lyger_cache_entry, arginfo_class_Lyger_Engine_cacheEntry, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheRemember, lyger_cache_remember, arginfo_class_Lyger_Engine_cacheRemember, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheLock, lyger_cache_lock, arginfo_class_Lyger_Engine_cacheLock, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheUnlock, lyger_cache_unlock, arginfo_class_Lyger_Engine_cacheUnlock, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheLockExtend, lyger_cache_lock_extend, arginfo_class_Lyger_Engine_cacheLockExtend, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheLockOwner, lyger_cache_lock_owner, arginfo_class_Lyger_Engine_cacheLockOwner, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheKeys, lyger_cache_keys, arginfo_class_Lyger_Engine_cacheKeys, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(cacheInfo, lyger_cache_info, arginfo_class_Lyger_Engine_cacheInfo, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(dbQuery, lyger_db_query, arginfo_class_Lyger_Engine_dbQuery, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(jsonifyResult, lyger_jsonify_result, arginfo_class_Lyger_Engine_jsonifyResult, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(freeResult, lyger_free_result, arginfo_class_Lyger_Engine_freeResult, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(resultInfo, lyger_result_info, arginfo_class_Lyger_Engine_resultInfo, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(resultChunk, lyger_result_chunk, arginfo_class_Lyger_Engine_resultChunk, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(streamResult, lyger_stream_result, arginfo_class_Lyger_Engine_streamResult, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(dbQueryJsonV2, lyger_db_query_json_v2, arginfo_class_Lyger_Engine_dbQueryJsonV2, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(dbHealth, lyger_db_health, arginfo_class_Lyger_Engine_dbHealth, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(dbHealthWithRetry, lyger_db_health_with_retry, arginfo_class_Lyger_Engine_dbHealthWithRetry, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(memoryMetrics, lyger_memory_metrics, arginfo_class_Lyger_Engine_memoryMetrics, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(lastError, lyger_last_error, arginfo_class_Lyger_Engine_lastError, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(dbQueryJson, lyger_db_query_json, arginfo_class_Lyger_Engine_dbQueryJson, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(dbExecute, lyger_db_execute, arginfo_class_Lyger_Engine_dbExecute, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(dbQueryAsync, lyger_db_query_async, arginfo_class_Lyger_Engine_dbQueryAsync, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(dbTransaction, lyger_db_transaction, arginfo_class_Lyger_Engine_dbTransaction, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_Engine, query, arginfo_class_Lyger_Engine_query, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(startServer, lyger_start_server, arginfo_class_Lyger_Engine_startServer, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME_MAPPING(startQueueServer, lyger_start_queue_server, arginfo_class_Lyger_Engine_startQueueServer, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(nextRequest, lyger_next_request, arginfo_class_Lyger_Engine_nextRequest, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(sendResponse, lyger_send_response, arginfo_class_Lyger_Engine_sendResponse, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(stopServer, lyger_stop_server, arginfo_class_Lyger_Engine_stopServer, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME_MAPPING(handleRequest, lyger_handle_request, arginfo_class_Lyger_Engine_handleRequest, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME_MAPPING(finishRequest, lyger_finish_request, arginfo_class_Lyger_Engine_finishRequest, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_FE_END
};


#if defined(LYGER_BOUNDARY)
static const zend_function_entry class_Lyger_Probe_methods[] = {
	ZEND_ME_MAPPING(nothing, lyger_probe_nothing, arginfo_class_Lyger_Probe_nothing, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(take, lyger_probe_take, arginfo_class_Lyger_Probe_take, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(takeFloat, lyger_probe_take_float, arginfo_class_Lyger_Probe_takeFloat, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(takeText, lyger_probe_take_text, arginfo_class_Lyger_Probe_takeText, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(takeArray, lyger_probe_take_array, arginfo_class_Lyger_Probe_takeArray, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(double, lyger_probe_double, arginfo_class_Lyger_Probe_double, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(halve, lyger_probe_halve, arginfo_class_Lyger_Probe_halve, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(textIn, lyger_probe_text_in, arginfo_class_Lyger_Probe_textIn, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(textOut, lyger_probe_text_out, arginfo_class_Lyger_Probe_textOut, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(reverse, lyger_probe_reverse, arginfo_class_Lyger_Probe_reverse, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(digits, lyger_probe_digits, arginfo_class_Lyger_Probe_digits, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(sum, lyger_probe_sum, arginfo_class_Lyger_Probe_sum, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(record, lyger_probe_record, arginfo_class_Lyger_Probe_record, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(each, lyger_probe_each, arginfo_class_Lyger_Probe_each, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(check, lyger_probe_check, arginfo_class_Lyger_Probe_check, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(status, lyger_probe_status, arginfo_class_Lyger_Probe_status, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(rows, lyger_probe_rows, arginfo_class_Lyger_Probe_rows, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};
#endif


#if defined(LYGER_BOUNDARY)
static const zend_function_entry class_Lyger_ProbeOwner_methods[] = {
	ZEND_ME(Lyger_ProbeOwner, __construct, arginfo_class_Lyger_ProbeOwner___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_ProbeOwner, use, arginfo_class_Lyger_ProbeOwner_use, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_ProbeOwner, free, arginfo_class_Lyger_ProbeOwner_free, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};
#endif


#if defined(LYGER_BOUNDARY)
static const zend_function_entry class_Lyger_ProbeArchive_methods[] = {
	ZEND_ME(Lyger_ProbeArchive, __construct, arginfo_class_Lyger_ProbeArchive___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_ProbeArchive, count, arginfo_class_Lyger_ProbeArchive_count, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_ProbeArchive, file, arginfo_class_Lyger_ProbeArchive_file, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};
#endif


#if defined(LYGER_BOUNDARY)
static const zend_function_entry class_Lyger_ProbeFile_methods[] = {
	ZEND_ME(Lyger_ProbeFile, __construct, arginfo_class_Lyger_ProbeFile___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Lyger_ProbeFile, name, arginfo_class_Lyger_ProbeFile_name, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_ProbeFile, contents, arginfo_class_Lyger_ProbeFile_contents, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_ProbeFile, digits, arginfo_class_Lyger_ProbeFile_digits, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};
#endif


#if defined(LYGER_BOUNDARY)
static const zend_function_entry class_Lyger_ProbeRows_methods[] = {
	ZEND_ME(Lyger_ProbeRows, __construct, arginfo_class_Lyger_ProbeRows___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_ProbeRows, count, arginfo_class_Lyger_ProbeRows_count, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_ProbeRows, total, arginfo_class_Lyger_ProbeRows_total, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_ProbeRows, row, arginfo_class_Lyger_ProbeRows_row, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};
#endif


static const zend_function_entry class_Lyger_Exception_RuntimeException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Lyger_Exception_CacheException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Lyger_Exception_QueryException_methods[] = {
	ZEND_ME(Lyger_Exception_QueryException, getSqlState, arginfo_class_Lyger_Exception_QueryException_getSqlState, ZEND_ACC_PUBLIC)
	ZEND_ME(Lyger_Exception_QueryException, getPosition, arginfo_class_Lyger_Exception_QueryException_getPosition, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};


static const zend_function_entry class_Lyger_Exception_ServerException_methods[] = {
	ZEND_FE_END
};

static void register_lyger_symbols(int module_number)
{

	zend_add_parameter_attribute(zend_hash_str_find_ptr(CG(function_table), "lyger_db_query", sizeof("lyger_db_query") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(CG(function_table), "lyger_db_query_async", sizeof("lyger_db_query_async") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(CG(function_table), "lyger_db_query_json", sizeof("lyger_db_query_json") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(CG(function_table), "lyger_db_query_json_v2", sizeof("lyger_db_query_json_v2") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(CG(function_table), "lyger_db_health", sizeof("lyger_db_health") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(CG(function_table), "lyger_db_health_with_retry", sizeof("lyger_db_health_with_retry") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(CG(function_table), "lyger_db_execute", sizeof("lyger_db_execute") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(CG(function_table), "lyger_db_transaction", sizeof("lyger_db_transaction") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);
}

static zend_class_entry *register_class_Lyger_Exception(zend_class_entry *class_entry_Throwable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger", "Exception", class_Lyger_Exception_methods);
	class_entry = zend_register_internal_interface(&ce);
	zend_class_implements(class_entry, 1, class_entry_Throwable);

	return class_entry;
}

static zend_class_entry *register_class_Lyger_CacheKeys(zend_class_entry *class_entry_Iterator)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger", "CacheKeys", class_Lyger_CacheKeys_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
	zend_class_implements(class_entry, 1, class_entry_Iterator);

	return class_entry;
}

static zend_class_entry *register_class_Lyger_RowStream(zend_class_entry *class_entry_Iterator)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger", "RowStream", class_Lyger_RowStream_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
	zend_class_implements(class_entry, 1, class_entry_Iterator);

	return class_entry;
}

static zend_class_entry *register_class_Lyger_Binary(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger", "Binary", class_Lyger_Binary_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL;

	zval property_bytes_default_value;
	ZVAL_UNDEF(&property_bytes_default_value);
	zend_string *property_bytes_name = zend_string_init("bytes", sizeof("bytes") - 1, 1);
	zend_declare_typed_property(class_entry, property_bytes_name, &property_bytes_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_bytes_name);

	return class_entry;
}

static zend_class_entry *register_class_Lyger_Result(zend_class_entry *class_entry_IteratorAggregate, zend_class_entry *class_entry_Countable, zend_class_entry *class_entry_JsonSerializable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger", "Result", class_Lyger_Result_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
	zend_class_implements(class_entry, 3, class_entry_IteratorAggregate, class_entry_Countable, class_entry_JsonSerializable);

	return class_entry;
}

static zend_class_entry *register_class_Lyger_Engine(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger", "Engine", class_Lyger_Engine_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "dbquery", sizeof("dbquery") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "dbqueryjsonv2", sizeof("dbqueryjsonv2") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "dbhealth", sizeof("dbhealth") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "dbhealthwithretry", sizeof("dbhealthwithretry") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "dbqueryjson", sizeof("dbqueryjson") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "dbexecute", sizeof("dbexecute") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "dbqueryasync", sizeof("dbqueryasync") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "dbtransaction", sizeof("dbtransaction") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "query", sizeof("query") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}

#if defined(LYGER_BOUNDARY)
static zend_class_entry *register_class_Lyger_Probe(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger", "Probe", class_Lyger_Probe_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES;

	return class_entry;
}
#endif

#if defined(LYGER_BOUNDARY)
static zend_class_entry *register_class_Lyger_ProbeOwner(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger", "ProbeOwner", class_Lyger_ProbeOwner_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}
#endif

#if defined(LYGER_BOUNDARY)
static zend_class_entry *register_class_Lyger_ProbeArchive(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger", "ProbeArchive", class_Lyger_ProbeArchive_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}
#endif

#if defined(LYGER_BOUNDARY)
static zend_class_entry *register_class_Lyger_ProbeFile(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger", "ProbeFile", class_Lyger_ProbeFile_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}
#endif

#if defined(LYGER_BOUNDARY)
static zend_class_entry *register_class_Lyger_ProbeRows(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger", "ProbeRows", class_Lyger_ProbeRows_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}
#endif

static zend_class_entry *register_class_Lyger_Exception_RuntimeException(zend_class_entry *class_entry_RuntimeException, zend_class_entry *class_entry_Lyger_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger\\Exception", "RuntimeException", class_Lyger_Exception_RuntimeException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
	zend_class_implements(class_entry, 1, class_entry_Lyger_Exception);

	return class_entry;
}

static zend_class_entry *register_class_Lyger_Exception_CacheException(zend_class_entry *class_entry_RuntimeException, zend_class_entry *class_entry_Lyger_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger\\Exception", "CacheException", class_Lyger_Exception_CacheException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
	zend_class_implements(class_entry, 1, class_entry_Lyger_Exception);

	return class_entry;
}

static zend_class_entry *register_class_Lyger_Exception_QueryException(zend_class_entry *class_entry_RuntimeException, zend_class_entry *class_entry_Lyger_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger\\Exception", "QueryException", class_Lyger_Exception_QueryException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
	zend_class_implements(class_entry, 1, class_entry_Lyger_Exception);

	zval property_sqlState_default_value;
	ZVAL_EMPTY_STRING(&property_sqlState_default_value);
	zend_string *property_sqlState_name = zend_string_init("sqlState", sizeof("sqlState") - 1, 1);
	zend_declare_typed_property(class_entry, property_sqlState_name, &property_sqlState_default_value, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_sqlState_name);

	zval property_position_default_value;
	ZVAL_LONG(&property_position_default_value, 0);
	zend_string *property_position_name = zend_string_init("position", sizeof("position") - 1, 1);
	zend_declare_typed_property(class_entry, property_position_name, &property_position_default_value, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_position_name);

	return class_entry;
}

static zend_class_entry *register_class_Lyger_Exception_ServerException(zend_class_entry *class_entry_RuntimeException, zend_class_entry *class_entry_Lyger_Exception)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Lyger\\Exception", "ServerException", class_Lyger_Exception_ServerException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
	zend_class_implements(class_entry, 1, class_entry_Lyger_Exception);

	return class_entry;
}

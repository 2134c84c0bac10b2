/* The native methods of Call.java. */
#include <jni.h>
#include <string.h>

#include "lyger.h"
#include "lyger_probe.h"

#define METHOD(type, name) JNIEXPORT type JNICALL Java_Call_##name

METHOD(void, nothing)(JNIEnv *env, jclass class)
{
    (void)env;
    (void)class;
    lyger_probe_nothing();
}

METHOD(jlong, twice)(JNIEnv *env, jclass class, jlong value)
{
    (void)env;
    (void)class;
    return lyger_probe_double(value);
}

METHOD(jlong, textIn)(JNIEnv *env, jclass class, jstring text)
{
    (void)class;
    const char *bytes = (*env)->GetStringUTFChars(env, text, NULL);
    jlong result = lyger_probe_text_in(bytes, (size_t)(*env)->GetStringUTFLength(env, text));
    (*env)->ReleaseStringUTFChars(env, text, bytes);
    return result;
}

METHOD(jstring, textOut)(JNIEnv *env, jclass class, jlong len)
{
    (void)class;
    char *made = lyger_probe_text_out((size_t)len);
    jstring text = (*env)->NewStringUTF(env, made);
    lyger_probe_free(made);
    return text;
}

METHOD(jlong, sum)(JNIEnv *env, jclass class, jobject integers, jlong count)
{
    (void)class;
    return lyger_probe_sum((*env)->GetDirectBufferAddress(env, integers), (size_t)count);
}

/* lyger_probe_each() passes no pointer on. */
static __thread JNIEnv *calling;
static __thread jobject operator;
static __thread jmethodID method;

static int64_t call_back(int64_t value)
{
    return (*calling)->CallLongMethod(calling, operator, method, (jlong)value);
}

METHOD(jlong, each)(JNIEnv *env, jclass class, jobject callback, jlong count)
{
    (void)class;
    calling = env;
    operator= callback;
    method = (*env)->GetMethodID(env, (*env)->GetObjectClass(env, callback), "applyAsLong", "(J)J");
    return lyger_probe_each(call_back, (size_t)count);
}

METHOD(void, cacheSet)(JNIEnv *env, jclass class, jstring key, jstring value)
{
    (void)class;
    const char *name = (*env)->GetStringUTFChars(env, key, NULL);
    const char *text = (*env)->GetStringUTFChars(env, value, NULL);
    lyger_cache_set(name, text);
    (*env)->ReleaseStringUTFChars(env, value, text);
    (*env)->ReleaseStringUTFChars(env, key, name);
}

METHOD(jstring, cacheGet)(JNIEnv *env, jclass class, jstring key)
{
    char buffer[257];
    (void)class;
    const char *name = (*env)->GetStringUTFChars(env, key, NULL);
    long long len = lyger_ffi_cache_get_into(name, strlen(name), buffer, sizeof buffer - 1);
    (*env)->ReleaseStringUTFChars(env, key, name);
    if (len < 0 || (size_t)len >= sizeof buffer) {
        return NULL;
    }
    buffer[len] = '\0';
    return (*env)->NewStringUTF(env, buffer);
}

METHOD(jstring, cacheGetCopy)(JNIEnv *env, jclass class, jstring key)
{
    (void)class;
    const char *name = (*env)->GetStringUTFChars(env, key, NULL);
    char *value = lyger_cache_get(name);
    (*env)->ReleaseStringUTFChars(env, key, name);
    jstring text = (*env)->NewStringUTF(env, value);
    lyger_free_string(value);
    return text;
}

METHOD(jdouble, compute)(JNIEnv *env, jclass class, jlong iterations)
{
    (void)env;
    (void)class;
    return lyger_heavy_computation((unsigned long)iterations);
}

// The crossings of benchmarks/languages from Go, through cgo.
package main

/*
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include "lyger.h"
#include "lyger_probe.h"

int64_t goFollowing(int64_t value);

static int64_t each(size_t count)
{
    return lyger_probe_each(goFollowing, count);
}

static int64_t cpu_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}
*/
import "C"

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"unsafe"
)

//export goFollowing
func goFollowing(value C.int64_t) C.int64_t {
	return value + 1
}

var key = []byte("languages\x00")

func pointer(bytes []byte) *C.char {
	return (*C.char)(unsafe.Pointer(&bytes[0]))
}

var kept string

func textOut() int64 {
	made := C.lyger_probe_text_out(100)
	kept = C.GoString(made)
	C.lyger_probe_free(unsafe.Pointer(made))
	return int64(len(kept))
}

func cacheGet(buffer []byte) int64 {
	length := C.lyger_ffi_cache_get_into(pointer(key), 9, pointer(buffer), C.size_t(len(buffer)))
	kept = string(buffer[:length])
	return int64(len(kept))
}

func cacheGetCopy() int64 {
	made := C.lyger_cache_get(pointer(key))
	kept = C.GoString(made)
	C.lyger_free_string(made)
	return int64(len(kept))
}

func run(crossing string, calls int64, text []byte, integers []int64, buffer []byte) string {
	var sum int64
	switch crossing {
	case "loop":
		for i := int64(0); i < calls; i++ {
			sum += 0
		}
	case "nothing":
		for i := int64(0); i < calls; i++ {
			C.lyger_probe_nothing()
		}
	case "integer":
		for i := int64(0); i < calls; i++ {
			sum += int64(C.lyger_probe_double(C.int64_t(i)))
		}
	case "string-in":
		for i := int64(0); i < calls; i++ {
			sum += int64(C.lyger_probe_text_in(pointer(text), C.size_t(len(text))))
		}
	case "string-out":
		for i := int64(0); i < calls; i++ {
			sum += textOut()
		}
	case "array":
		for i := int64(0); i < calls; i++ {
			sum += int64(C.lyger_probe_sum(unsafe.Pointer(&integers[0]), C.size_t(len(integers))))
		}
	case "callback":
		for i := int64(0); i < calls; i++ {
			sum += int64(C.each(100))
		}
	case "cache-get":
		for i := int64(0); i < calls; i++ {
			sum += cacheGet(buffer)
		}
	case "cache-get-copy":
		for i := int64(0); i < calls; i++ {
			sum += cacheGetCopy()
		}
	case "compute":
		var number C.double
		for i := int64(0); i < calls; i++ {
			number = C.lyger_heavy_computation(1000)
		}
		return fmt.Sprintf("%.17g", float64(number))
	default:
		return ""
	}
	return fmt.Sprint(sum)
}

func main() {
	runtime.LockOSThread()
	text := []byte(strings.Repeat("x", 100))
	value := []byte(strings.Repeat("x", 100) + "\x00")
	buffer := make([]byte, 256)
	integers := make([]int64, 1000)
	for i := range integers {
		integers[i] = int64(i)
	}
	C.lyger_cache_set(pointer(key), pointer(value))
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var crossing string
		var calls int64
		fmt.Sscan(lines.Text(), &crossing, &calls)
		begun := C.cpu_nanoseconds()
		said := run(crossing, calls, text, integers, buffer)
		took := C.cpu_nanoseconds() - begun
		if said == "" {
			fmt.Println("-")
		} else {
			fmt.Println(took, said)
		}
	}
}

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/** The crossings of benchmarks/languages from Java, through its foreign function API (JEP 454, since Java 22): java -Dlibrary=LIBRARY Foreign */
public final class Foreign {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup(System.getProperty("library"), Arena.global());

    // Only what a constant holds is compiled into the loop that calls it.
    private static final MethodHandle NOTHING = function("lyger_probe_nothing", FunctionDescriptor.ofVoid());
    private static final MethodHandle DOUBLE = function("lyger_probe_double", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    private static final MethodHandle TEXT_IN = function("lyger_probe_text_in", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
    private static final MethodHandle TEXT_OUT = function("lyger_probe_text_out", FunctionDescriptor.of(ADDRESS, JAVA_LONG));
    private static final MethodHandle PROBE_FREE = function("lyger_probe_free", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle SUM = function("lyger_probe_sum", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
    private static final MethodHandle EACH = function("lyger_probe_each", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
    private static final MethodHandle CACHE_SET = function("lyger_cache_set", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final MethodHandle CACHE_GET = function("lyger_cache_get", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle FREE_STRING = function("lyger_free_string", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle GET_INTO =
        function("lyger_ffi_cache_get_into", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
    private static final MethodHandle COMPUTE = function("lyger_heavy_computation", FunctionDescriptor.of(JAVA_DOUBLE, JAVA_LONG));

    private static final String TEXT = "x".repeat(100);
    private static final MemorySegment KEY = Arena.global().allocateFrom("languages");
    private static final MemorySegment BUFFER = Arena.global().allocate(256);
    private static final MemorySegment INTEGERS = Arena.global().allocate(MemoryLayout.sequenceLayout(1000, JAVA_LONG));
    private static final MemorySegment FOLLOWING = callback();

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LIBRARY.find(name).orElseThrow(), type);
    }

    private static long following(long value) {
        return value + 1;
    }

    private static MemorySegment callback() {
        try {
            MethodHandle method = MethodHandles.lookup().findStatic(Foreign.class, "following", MethodType.methodType(long.class, long.class));
            return LINKER.upcallStub(method, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG), Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** The string goes over as a copy with a NUL, which is freed with its arena. */
    private static long textIn() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            return (long) TEXT_IN.invokeExact(arena.allocateFrom(TEXT), (long) TEXT.length());
        }
    }

    private static String taken(MemorySegment made) {
        return made.reinterpret(Long.MAX_VALUE).getString(0);
    }

    private static long textOut() throws Throwable {
        MemorySegment made = (MemorySegment) TEXT_OUT.invokeExact(100L);
        String text = taken(made);
        PROBE_FREE.invokeExact(made);
        return text.length();
    }

    private static long cacheGet() throws Throwable {
        long length = (long) GET_INTO.invokeExact(KEY, 9L, BUFFER, 256L);
        byte[] bytes = new byte[(int) length];
        MemorySegment.copy(BUFFER, JAVA_BYTE, 0, bytes, 0, bytes.length);
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).length();
    }

    private static long cacheGetCopy() throws Throwable {
        MemorySegment made = (MemorySegment) CACHE_GET.invokeExact(KEY);
        String text = taken(made);
        FREE_STRING.invokeExact(made);
        return text.length();
    }

    private static String run(String crossing, long calls) throws Throwable {
        long s = 0;
        switch (crossing) {
            case "loop" -> { for (long i = 0; i < calls; i++) s += 0; }
            case "nothing" -> { for (long i = 0; i < calls; i++) NOTHING.invokeExact(); }
            case "integer" -> { for (long i = 0; i < calls; i++) s += (long) DOUBLE.invokeExact(i); }
            case "string-in" -> { for (long i = 0; i < calls; i++) s += textIn(); }
            case "string-out" -> { for (long i = 0; i < calls; i++) s += textOut(); }
            case "array" -> { for (long i = 0; i < calls; i++) s += (long) SUM.invokeExact(INTEGERS, 1000L); }
            case "callback" -> { for (long i = 0; i < calls; i++) s += (long) EACH.invokeExact(FOLLOWING, 100L); }
            case "cache-get" -> { for (long i = 0; i < calls; i++) s += cacheGet(); }
            case "cache-get-copy" -> { for (long i = 0; i < calls; i++) s += cacheGetCopy(); }
            case "compute" -> {
                double number = 0;
                for (long i = 0; i < calls; i++) number = (double) COMPUTE.invokeExact(1000L);
                return Double.toString(number);
            }
            default -> { return null; }
        }
        return Long.toString(s);
    }

    public static void main(String[] arguments) throws Throwable {
        for (int i = 0; i < 1000; i++) {
            INTEGERS.setAtIndex(JAVA_LONG, i, i);
        }
        CACHE_SET.invokeExact(KEY, Arena.global().allocateFrom(TEXT));
        Answer.lines(Foreign::run);
    }
}

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongUnaryOperator;

/** The crossings of benchmarks/languages from Java, through JNI: java Call LIBRARY-OF-JNI */
public final class Call {
    static native void nothing();
    static native long twice(long value);
    static native long textIn(String text);
    static native String textOut(long len);
    static native long sum(ByteBuffer integers, long count);
    static native long each(LongUnaryOperator callback, long count);
    static native void cacheSet(String key, String value);
    static native String cacheGet(String key);
    static native String cacheGetCopy(String key);
    static native double compute(long iterations);

    private static final String TEXT = "x".repeat(100);
    private static final ByteBuffer INTEGERS = ByteBuffer.allocateDirect(8000).order(ByteOrder.nativeOrder());

    private static String run(String crossing, long calls) {
        long s = 0;
        switch (crossing) {
            case "loop" -> { for (long i = 0; i < calls; i++) s += 0; }
            case "nothing" -> { for (long i = 0; i < calls; i++) nothing(); }
            case "integer" -> { for (long i = 0; i < calls; i++) s += twice(i); }
            case "string-in" -> { for (long i = 0; i < calls; i++) s += textIn(TEXT); }
            case "string-out" -> { for (long i = 0; i < calls; i++) s += textOut(100).length(); }
            case "array" -> { for (long i = 0; i < calls; i++) s += sum(INTEGERS, 1000); }
            case "callback" -> { for (long i = 0; i < calls; i++) s += each(value -> value + 1, 100); }
            case "cache-get" -> { for (long i = 0; i < calls; i++) s += cacheGet("languages").length(); }
            case "cache-get-copy" -> { for (long i = 0; i < calls; i++) s += cacheGetCopy("languages").length(); }
            case "compute" -> {
                double number = 0;
                for (long i = 0; i < calls; i++) number = compute(1000);
                return Double.toString(number);
            }
            default -> { return null; }
        }
        return Long.toString(s);
    }

    public static void main(String[] arguments) throws Throwable {
        System.load(arguments[0]);
        for (int i = 0; i < 1000; i++) {
            INTEGERS.putLong(i * 8, i);
        }
        cacheSet("languages", TEXT);
        Answer.lines(Call::run);
    }
}

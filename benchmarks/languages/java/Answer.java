import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;

/** What both programs of Java share: the lines in and out. */
final class Answer {
    /** What so many calls of a crossing add up to; null for one that the program has not. */
    interface Crossings {
        String run(String crossing, long calls) throws Throwable;
    }

    private Answer() {
    }

    static void lines(Crossings crossings) throws Throwable {
        var threads = ManagementFactory.getThreadMXBean();
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null;) {
            String[] words = line.split(" ");
            long begun = threads.getCurrentThreadCpuTime();
            String said = crossings.run(words[0], Long.parseLong(words[1]));
            long took = threads.getCurrentThreadCpuTime() - begun;
            System.out.println(said == null ? "-" : took + " " + said);
        }
    }
}

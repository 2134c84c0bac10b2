# frozen_string_literal: true

# What both programs of Ruby share: loops, and the lines in and out.

# So many calls of the block, what they give added up.
def added(calls)
  s = 0
  i = 0
  while i < calls
    s += yield i
    i += 1
  end
  s
end

def cpu_nanoseconds
  Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID, :nanosecond)
end

def answer(crossings)
  $stdout.sync = true
  $stdin.each_line do |line|
    crossing, calls = line.split
    if crossings.key?(crossing)
      begun = cpu_nanoseconds
      value = crossings[crossing].call(calls.to_i)
      puts "#{cpu_nanoseconds - begun} #{value}"
    else
      puts '-'
    end
  end
end

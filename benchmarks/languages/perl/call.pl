# The crossings of benchmarks/languages from Perl, through FFI::Platypus: perl call.pl LIBRARY
use strict;
use warnings;
use FFI::Platypus 2.00;
use Time::HiRes qw(clock_gettime CLOCK_PROCESS_CPUTIME_ID);

my $ffi = FFI::Platypus->new(api => 2, lib => $ARGV[0]);
$ffi->attach(lyger_probe_nothing => [] => 'void');
$ffi->attach(lyger_probe_double => ['sint64'] => 'sint64');
$ffi->attach(lyger_probe_text_in => ['string', 'size_t'] => 'sint64');
# A result of 'string' would copy the text and lose the address that must be freed.
$ffi->attach(lyger_probe_text_out => ['size_t'] => 'opaque');
$ffi->attach(lyger_probe_free => ['opaque'] => 'void');
# 'sint64[1000]' would copy all elements in and out again; a packed string is lent as it is.
$ffi->attach(lyger_probe_sum => ['string', 'size_t'] => 'sint64');
$ffi->attach(lyger_probe_each => ['(sint64)->sint64', 'size_t'] => 'sint64');
$ffi->attach(lyger_cache_set => ['string', 'string'] => 'void');
$ffi->attach(lyger_cache_get => ['string'] => 'opaque');
$ffi->attach(lyger_free_string => ['opaque'] => 'void');
$ffi->attach(lyger_ffi_cache_get_into => ['string', 'size_t', 'opaque', 'size_t'] => 'sint64');
$ffi->attach(lyger_heavy_computation => ['ulong'] => 'double');
# $ffi->cast() does the same, and makes this function anew every time.
$ffi->attach_cast(text_at => 'opaque', 'string');

my $text = 'x' x 100;
my $integers = pack 'q*', 0 .. 999;
my $following = $ffi->closure(sub { $_[0] + 1 });
my $memory = "\0" x 256;
my ($buffer) = unpack 'J', pack 'p', $memory;
lyger_cache_set('languages', $text);

my %crossings = (
    'loop' => sub { my $s = 0; for (1 .. $_[0]) { $s += 0 } $s },
    'nothing' => sub { for (1 .. $_[0]) { lyger_probe_nothing() } 0 },
    'integer' => sub { my $s = 0; for my $i (0 .. $_[0] - 1) { $s += lyger_probe_double($i) } $s },
    'string-in' => sub { my $s = 0; for (1 .. $_[0]) { $s += lyger_probe_text_in($text, length $text) } $s },
    'string-out' => sub {
        my $s = 0;
        for (1 .. $_[0]) {
            my $made = lyger_probe_text_out(100);
            $s += length text_at($made);
            lyger_probe_free($made);
        }
        $s;
    },
    'array' => sub { my $s = 0; for (1 .. $_[0]) { $s += lyger_probe_sum($integers, 1000) } $s },
    'callback' => sub { my $s = 0; for (1 .. $_[0]) { $s += lyger_probe_each($following, 100) } $s },
    'cache-get' => sub {
        my $s = 0;
        for (1 .. $_[0]) { $s += length substr $memory, 0, lyger_ffi_cache_get_into('languages', 9, $buffer, 256) }
        $s;
    },
    'cache-get-copy' => sub {
        my $s = 0;
        for (1 .. $_[0]) {
            my $made = lyger_cache_get('languages');
            $s += length text_at($made);
            lyger_free_string($made);
        }
        $s;
    },
    'compute' => sub { my $r = 0; for (1 .. $_[0]) { $r = lyger_heavy_computation(1000) } sprintf '%.17g', $r },
);
$| = 1;
while (my $line = <STDIN>) {
    my ($crossing, $calls) = split ' ', $line;
    if ($crossings{$crossing}) {
        my $begun = clock_gettime(CLOCK_PROCESS_CPUTIME_ID);
        my $value = $crossings{$crossing}->($calls);
        printf "%d %s\n", (clock_gettime(CLOCK_PROCESS_CPUTIME_ID) - $begun) * 1e9, $value;
    } else {
        print "-\n";
    }
}

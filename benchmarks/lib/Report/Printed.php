<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

/** The page as a PDF, printed by Chromium where there is one. */
final class Printed
{
    private const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];
    /** A browser that hangs costs the PDF, not the report. */
    private const SECONDS = 120;

    /** @return ?string why there is none */
    public static function page(string $html, string $pdf): ?string
    {
        $browser = self::browser();
        if ($browser === null) {
            return 'it needs chromium (Debian: apt-get install chromium)';
        }
        $profile = sys_get_temp_dir() . '/lyger-print-' . bin2hex(random_bytes(6));
        $root = function_exists('posix_geteuid') && posix_geteuid() === 0 ? ['--no-sandbox'] : []; // which Chromium refuses as root
        $command = ['timeout', '-k', '5', (string) self::SECONDS, $browser, '--headless', ...$root, '--disable-gpu', "--user-data-dir=$profile", '--no-pdf-header-footer',
            "--print-to-pdf=$pdf.part", 'file://' . str_replace('%2F', '/', rawurlencode((string) realpath($html)))];
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']], $pipes);
        $status = $process ? proc_close($process) : 1;
        exec('rm -rf ' . escapeshellarg($profile));
        if ($status === 0 && (string) @file_get_contents("$pdf.part", false, null, 0, 5) === '%PDF-' && rename("$pdf.part", $pdf)) {
            return null;
        }
        @unlink("$pdf.part");
        return "$browser did not print it" . ($status === 124 ? ' within ' . self::SECONDS . ' s' : '');
    }

    private static function browser(): ?string
    {
        foreach (self::BROWSERS as $browser) {
            if (trim((string) shell_exec("command -v $browser")) !== '') {
                return $browser;
            }
        }
        return null;
    }
}

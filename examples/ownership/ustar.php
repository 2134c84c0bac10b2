<?php

declare(strict_types=1);

/** A tar archive (POSIX ustar). @param array<string, string> $files contents by name */
function ustar(array $files): string
{
    $archive = '';
    foreach ($files as $name => $contents) {
        $head = pack('a100a8a8a8a12a12a8aa100a6a2a32a32a8a8a155x12', $name, '0000644', '0000000', '0000000', sprintf('%011o', strlen($contents)), '00000000000',
            '        ', '0', '', 'ustar', '00', '', '', '', '', '');
        $head = substr_replace($head, sprintf("%06o\0 ", array_sum(array_map(ord(...), str_split($head)))), 148, 8);
        $archive .= $head . $contents . str_repeat("\0", -strlen($contents) & 511);
    }
    return $archive . str_repeat("\0", 1024);
}

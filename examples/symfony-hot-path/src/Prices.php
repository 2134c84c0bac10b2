<?php

declare(strict_types=1);

namespace HotPath;

/** Another service, which asks somebody else and waits: a price for each item, of a server that takes its time. */
final class Prices
{
    /** @param list<int> $items @return array<int, int> cents by item */
    public function of(array $items, string $address): array
    {
        $prices = [];
        foreach ($items as $item) {
            $socket = stream_socket_client($address, $code, $message, 5) ?: throw new \RuntimeException("$address: $message");
            fwrite($socket, "$item\n");
            $prices[$item] = (int) fgets($socket);
            fclose($socket);
        }
        return $prices;
    }
}

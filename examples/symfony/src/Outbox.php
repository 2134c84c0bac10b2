<?php

namespace App;

use Symfony\Component\EventDispatcher\Attribute\AsEventListener;
use Symfony\Component\HttpKernel\Event\TerminateEvent;
use Symfony\Contracts\Service\ResetInterface;

/** Mails that leave when the answer has left, so that nobody waits for the mail server. This one takes its time and keeps what it sent. */
final class Outbox implements ResetInterface
{
    /** @var list<array{string, string}> recipient and text */
    private array $waiting = [];

    public function __construct(private Notebook $notebook, private float $mailSeconds)
    {
    }

    public function add(string $recipient, string $text): void
    {
        $this->waiting[] = [$recipient, $text];
    }

    #[AsEventListener]
    public function send(TerminateEvent $event): void
    {
        foreach ($this->waiting as [$recipient, $text]) {
            usleep((int) ($this->mailSeconds * 1e6));
            $this->notebook->recordMail($recipient, $text);
        }
        $this->waiting = [];
    }

    public function reset(): void
    {
        $this->waiting = [];
    }
}

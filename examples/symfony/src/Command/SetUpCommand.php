<?php

namespace App\Command;

use App\Notebook;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

#[AsCommand('app:set-up', 'Makes the database and the directory of pictures')]
final class SetUpCommand extends Command
{
    public function __construct(private Notebook $notebook)
    {
        parent::__construct();
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $this->notebook->setUp();
        return Command::SUCCESS;
    }
}

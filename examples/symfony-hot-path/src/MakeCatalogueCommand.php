<?php

declare(strict_types=1);

namespace HotPath;

use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

#[AsCommand('catalogue:make', 'Writes a catalogue to work with, the same for the same seed')]
final class MakeCatalogueCommand extends Command
{
    public function __construct(private readonly string $catalogue)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->addOption('items', null, InputOption::VALUE_REQUIRED, 'how many', '20000')
            ->addOption('dimensions', null, InputOption::VALUE_REQUIRED, 'of each vector', '64')
            ->addOption('seed', null, InputOption::VALUE_REQUIRED, '', '1');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        Catalogue::make($this->catalogue, (int) $input->getOption('items'), (int) $input->getOption('dimensions'), (int) $input->getOption('seed'));
        $output->writeln("$this->catalogue: " . number_format((float) filesize($this->catalogue)) . ' bytes');
        return self::SUCCESS;
    }
}

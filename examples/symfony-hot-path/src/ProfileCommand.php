<?php

declare(strict_types=1);

namespace HotPath;

use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

#[AsCommand('hot-path:profile', 'Where the time of recommendations in PHP goes, by Excimer')]
final class ProfileCommand extends Command
{
    public function __construct(private readonly SimilarItemsFactory $factory)
    {
        parent::__construct();
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        if (!class_exists(\ExcimerProfiler::class)) {
            $output->writeln('It needs Excimer (Debian: php-excimer).');
            return self::FAILURE;
        }
        $recommendations = new Recommendations($this->factory->named('php'));
        $profiler = new \ExcimerProfiler;
        $profiler->setPeriod(0.001);
        $profiler->setEventType(EXCIMER_CPU);
        $profiler->start();
        for ($i = 0; $i < 10; $i++) {
            $recommendations->for([$i * 1000, $i * 1000 + 7, $i * 1000 + 90]);
        }
        $profiler->stop();
        $all = $profiler->getLog()->getEventCount();
        foreach (array_slice($profiler->getLog()->aggregateByFunction(), 0, 5) as $name => $counts) {
            $output->writeln(sprintf('%5.1f %%  %s', $counts['self'] * 100 / $all, $name));
        }
        return self::SUCCESS;
    }
}

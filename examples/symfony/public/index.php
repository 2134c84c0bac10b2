<?php

// Symfony's own front controller, as its recipe has it: the loop form under `lyger serve public/index.php`, the script form
// under `lyger serve --root=public`, and what PHP-FPM executes.
use App\Kernel;

require_once dirname(__DIR__) . '/vendor/autoload_runtime.php';

return function (array $context) {
    return new Kernel($context['APP_ENV'], (bool) $context['APP_DEBUG']);
};

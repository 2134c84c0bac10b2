<?php

// What tests/inc/stress_applications.php asks for.
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Route;

Route::get('/sapi', fn () => PHP_SAPI . ' ' . php_sapi_name());
Route::get('/visit', function (Request $request) {
    $session = $request->session();
    $session->put('user', $session->get('user') ?? $request->query('user'));
    $session->put('visits', $session->get('visits', 0) + 1);
    return $session->get('user') . ' ' . $session->get('visits');
});
Route::get('/json', fn (Request $request) => response()->json(['query' => $request->query(), 'cookies' => count($request->cookies), 'list' => range(1, 100)]));
Route::withoutMiddleware([Illuminate\Foundation\Http\Middleware\ValidateCsrfToken::class])->group(function () {
    Route::post('/post', fn (Request $request) => md5($request->getContent()) . ' ' . $request->post('field'));
    Route::post('/upload', fn (Request $request) => md5($request->file('file')->getContent()));
});
Route::get('/stream', fn () => response()->stream(function () {
    foreach (range(1, 5) as $part) {
        echo "part $part\n";
        flush();
    }
}));
Route::get('/redirect', fn () => redirect('/json'));
Route::get('/refuse', fn () => abort(418));
Route::get('/large', fn () => str_repeat('0123456789abcdef', 20_000));

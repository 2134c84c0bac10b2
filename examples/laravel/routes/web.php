<?php

use App\Http\Controllers\LoginController;
use App\Http\Controllers\NotebookController;
use Illuminate\Support\Facades\Route;

Route::get('/login', [LoginController::class, 'form'])->name('login');
Route::post('/login', [LoginController::class, 'login']);
Route::get('/broken', fn () => throw new LogicException('This page is broken, for all to see what happens then.'));
Route::get('/teapot', fn () => abort(418, 'a teapot'));

Route::middleware('auth')->group(function (): void {
    Route::post('/logout', [LoginController::class, 'logout'])->name('logout');
    Route::get('/', [NotebookController::class, 'page'])->name('notebook');
    Route::post('/notes', [NotebookController::class, 'write'])->name('write');
    Route::get('/pictures/{id}', [NotebookController::class, 'picture'])->name('picture')->whereNumber('id');
    Route::get('/download/{id}', [NotebookController::class, 'download'])->name('download')->whereNumber('id');
    Route::get('/api/notes', [NotebookController::class, 'asJson']);
    Route::get('/api/notes/lyger', [NotebookController::class, 'asLygerWritesIt']);
    Route::get('/api/mails', [NotebookController::class, 'mails']);
    Route::get('/events', [NotebookController::class, 'events']);
});

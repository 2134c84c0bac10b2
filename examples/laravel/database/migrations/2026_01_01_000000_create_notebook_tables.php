<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Schema;

return new class extends Migration {
    public function up(): void
    {
        Schema::create('notes', function (Blueprint $table): void {
            $table->id();
            $table->string('owner');
            $table->string('text');
            $table->string('picture')->nullable();
        });
        Schema::create('mails', function (Blueprint $table): void {
            $table->id();
            $table->string('recipient');
            $table->string('text');
            $table->double('sent_at');
        });
    }

    public function down(): void
    {
        Schema::drop('notes');
        Schema::drop('mails');
    }
};

<?php

namespace Database\Seeders;

use App\Models\User;
use Illuminate\Database\Seeder;
use Illuminate\Support\Facades\Hash;

final class DatabaseSeeder extends Seeder
{
    public function run(): void
    {
        foreach (['alice' => 'wonderland', 'bob' => 'builder'] as $name => $password) {
            User::create(['name' => $name, 'email' => "$name@example.com", 'password' => Hash::make($password)]);
        }
    }
}

// What both programs of Node share: lines "CROSSING CALLS" in, lines "NANOSECONDS VALUE" out.
'use strict';
const readline = require('node:readline');

exports.answer = (crossings) => {
    readline.createInterface({ input: process.stdin }).on('line', (line) => {
        const [crossing, calls] = line.split(' ');
        if (!crossings[crossing]) {
            process.stdout.write('-\n');
            return;
        }
        const begun = process.cpuUsage();
        const value = crossings[crossing](Number(calls));
        const took = process.cpuUsage(begun);
        process.stdout.write(`${(took.user + took.system) * 1000} ${value}\n`);
    });
};

#!/usr/bin/env python3
"""What the sanitizers' reports in a directory say about lyger: prints that, and ends with 1 when it is anything.

An error is one, wherever it is. A leak is lyger's when lyger's code asked for the memory: a file of ext/ stands in the
stack before the engine runs a script. Memory of PHP's allocator is not looked at: a fatal error leaves it behind, for the
allocator to drop as a whole; PHP's debug builds (scripts/test-matrix) report what else is left of it.
"""
import pathlib
import re
import sys

ENGINE = re.compile(r" in (execute_ex|zend_call_function|_call_user_function_impl|zend_execute\w*|php_execute_\w+|zend_compile\w*|zend_include_or_eval|"
                    r"php_module_startup|php_request_startup|php_request_shutdown|compile_\w+)\b")
OURS = re.compile(r" in \w+(\.\w+)* ext/")


def ours(block):
    if re.search(r"#1 \S+ in __zend_(malloc|realloc|calloc)\b", block):
        return False
    for line in block.splitlines():
        if " in register_class_" in line:  # PHP's to free, which it does not do for attributes of a disabled class
            return False
        if OURS.search(line):
            return True
        if ENGINE.search(line):
            return False
    return False


def found(text):
    blocks = [block for block in text.split("\n\n") if re.match(r"(Direct|Indirect) leak of", block.strip())]
    if not blocks:
        return text
    # What hangs on a leaked block is reported with its own stack; a block of ours says enough.
    return "\n\n".join(block.strip() for block in blocks if ours(block))


count = 0
for report in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    text = found(report.read_text(errors="replace")).strip()
    if text:
        count += 1
        if count <= 10:
            print(f"not ok {report.name}", *text.splitlines()[:70], sep="\n")
print(f"{count} reports")
sys.exit(count > 0)

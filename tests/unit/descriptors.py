#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes C with a table of all message and enumeration descriptors that the generated headers declare."""

import re
import sys

headers = sys.argv[1:]
kinds = (('Message', 'messages'), ('Enum', 'enums'))

print('#include "descriptors.h"\n')
for header in headers:
    print(f'#include "{header.rpartition("/")[2]}"')
text = ''.join(open(header, encoding='utf-8').read() for header in headers)
for kind, name in kinds:
    found = re.findall(rf'extern const ProtobufC{kind}Descriptor +(\w+);', text)
    print(f'\nconst ProtobufC{kind}Descriptor *const openim_test_{name}[] = {{')
    for symbol in found:
        print(f'  &{symbol},')
    print('  NULL\n};')

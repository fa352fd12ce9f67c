#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Fetches what the virtual machines are made of: busybox and kernels, from the
# packages of Debian, into a cache folder.  Nothing is installed: a package is
# downloaded and unpacked.  A kernel becomes
#
#   kernels/VERSION/vmlinux       uncompressed, with an entry that QEMU knows
#   kernels/VERSION/lib/modules/  its modules, with their modules.dep
#
# The cloud flavour has no drivers for real hardware, so it is small and boots
# in seconds.  Exit status 77: they can't be had here; the reason is printed.
#
# usage: tests/vm/setup.sh CACHE [SERIES|PACKAGE]...
#   SERIES   the newest kernel of it (6.1 and 6.12)
#   PACKAGE  linux-image-VERSION-cloud-amd64: that one
set -u

cache=${1:?}
shift
debs=$cache/debs
kernels=$cache/kernels

give_up() {
	echo "$*"
	exit 77
}

newest() { # series
	apt-cache pkgnames "linux-image-$1." 2>/dev/null |
		grep -E -- '-cloud-amd64$' | sort -V | tail -n 1
}

downloaded() { # package
	find "$debs" -name "$1_*.deb" | sort | tail -n 1
}

# Prints the path of the package.
fetch() { # package
	[ -n "$(downloaded "$1")" ] || {
		echo "vm: downloading $1 into $debs" >&2
		(cd "$debs" && apt-get -qq download "$1") >/dev/null 2>&1 ||
			return 1
	}
	downloaded "$1"
}

# A little-endian number of the file.
number_at() { # file, offset, bytes
	od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# How the bytes there are compressed, as the command that unpacks them.
unpacker() { # file, offset
	case $(od -An -v -t x1 -j "$2" -N 4 "$1" | tr -d ' ') in
	1f8b*) echo gzip -dc ;;
	fd377a58) echo xz -dc ;;
	28b52ffd) echo zstd -dc ;;
	02214c18) echo lz4 -dc ;;
	esac
}

# A bzImage is boot sectors, then a small program that unpacks the real kernel.
# Its header (Documentation/arch/x86/boot.rst) has at 0x1f1 the number of boot
# sectors, at 0x248 and 0x24c where the payload is in the rest and how long.
# Unpacked here once, it need not be in every machine, where that takes long.
unpack_kernel() { # bzImage, output
	start=$((($(number_at "$1" 497 1) + 1) * 512 + \
		$(number_at "$1" 584 4)))
	length=$(number_at "$1" 588 4)
	tool=$(unpacker "$1" "$start")
	[ -n "$tool" ] || return 1
	# The last four bytes are the unpacked size and no data: the tool
	# stumbles over them when all is written, so compare sizes instead.
	tail -c "+$((start + 1))" "$1" | head -c "$length" |
		$tool >"$2" 2>/dev/null
	[ "$(stat -c %s "$2")" = \
		"$(number_at "$1" $((start + length - 4)) 4)" ]
}

# Plain modules: the insmod of busybox knows no compression.
index_modules() { # kernel
	find "$1/lib/modules" -name '*.ko.xz' -exec xz -d {} +
	"$cache/busybox" depmod -b "$1" "$(ls "$1/lib/modules")"
}

add_kernel() { # package
	version=${1#linux-image-}
	version=${version%-unsigned}
	kernel=$kernels/$version
	[ ! -e "$kernel/vmlinux" ] || return 0
	package=$(fetch "$1") || return 1
	unpacked=$(mktemp -d "$cache/tmp.XXXXXX") || return 1
	dpkg-deb -x "$package" "$unpacked"
	mkdir -p "$kernel/lib"
	rm -rf "$kernel/lib/modules"
	for modules in "$unpacked/lib/modules" "$unpacked/usr/lib/modules"; do
		[ ! -d "$modules" ] || mv "$modules" "$kernel/lib/"
	done
	# the kernel itself comes last: it says that the rest is complete
	index_modules "$kernel" &&
		unpack_kernel "$unpacked/boot/vmlinuz-$version" \
			"$kernel/unpacked" &&
		mv "$kernel/unpacked" "$kernel/vmlinux"
	status=$?
	rm -rf "$unpacked"
	return $status
}

add_busybox() {
	[ ! -x "$cache/busybox" ] || return 0
	package=$(fetch busybox-static) || return 1
	unpacked=$(mktemp -d "$cache/tmp.XXXXXX") || return 1
	dpkg-deb -x "$package" "$unpacked" &&
		install -m 755 "$unpacked/bin/busybox" "$cache/busybox"
	status=$?
	rm -rf "$unpacked"
	return $status
}

# The newest kernel of that series, unless there is one: what works stays.
add_series() { # series
	ls "$kernels/$1."*/vmlinux >/dev/null 2>&1 && return
	package=$(newest "$1")
	[ -n "$package" ] || {
		echo "vm: apt knows no kernel $1 for the cloud (apt-get update?)" >&2
		return 1
	}
	add_kernel "$package"
}

[ "$(uname -m)" = x86_64 ] || give_up "no kernels for $(uname -m) are known"
mkdir -p "$debs" "$kernels" || give_up "cannot write to $cache"
for tool in apt-get apt-cache dpkg-deb xz; do
	[ -x "$cache/busybox" ] || command -v $tool >/dev/null ||
		give_up "the kernels are in packages of Debian: no $tool here"
done
add_busybox || give_up "busybox can't be downloaded (apt-get update?)"
[ $# -gt 0 ] || set -- 6.1 6.12
for series; do
	case $series in
	linux-image-*) add_kernel "$series" ;;
	*) add_series "$series" ;;
	esac || give_up "kernel $series can't be downloaded and unpacked"
done

# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
#
# Fills the folder that becomes the root disk of a virtual machine: busybox,
# programs with the libraries they need, kernel modules.  For boot.sh, which
# sets `root` (the folder), `bb` (busybox) and `modules` (of the kernel).

declare -A has_library=() has_module=()

# The shared libraries of a program, and its loader, at the same paths.
add_libraries() { # file
	local library
	while read -r library; do
		[ -z "${has_library[$library]:-}" ] || continue
		has_library[$library]=1
		mkdir -p "$root${library%/*}"
		cp -L "$library" "$root$library"
	done < <(ldd "$1" 2>/dev/null | grep -oE '(=> )?/[^ ]+ \(0x' |
		sed -E 's/^=> //; s/ \(0x$//')
}

# Programs go to /usr/local/bin.
add_file() { # FILE or FILE:DESTINATION
	local source=${1%%:*} to=/usr/local/bin/
	case $1 in
	*:*) to=${1#*:} ;;
	esac
	[ -f "$source" ] || return 1
	case $to in
	*/) to=$to${source##*/} ;;
	esac
	mkdir -p "$root${to%/*}"
	cp -L "$source" "$root$to"
	add_libraries "$source"
}

# The modules and, before each, what it depends on; nothing for those that are
# part of the kernel.
order_modules() { # name …
	local name line dependency
	for name; do
		line=$(grep -m 1 -E "(^|/)${name//[-_]/[-_]}\.ko:" \
			"$modules/modules.dep") || continue
		[ -z "${has_module[$name]:-}" ] || continue
		has_module[$name]=1
		for dependency in ${line#*:}; do
			dependency=${dependency##*/}
			order_modules "${dependency%.ko}"
		done
		echo "${line%%:*}"
	done
}

# … into a folder, with the file "order".
add_modules() { # folder, name …
	local folder=$1 module
	shift
	mkdir -p "$folder"
	has_module=()
	for module in $(order_modules "$@"); do
		cp "$modules/$module" "$folder/"
		echo "${module##*/}"
	done >"$folder/order"
}

# What a full-screen program needs.
add_terminals() {
	local name folder
	for name in x/xterm-256color d/dumb; do
		for folder in /lib/terminfo /usr/share/terminfo; do
			[ -e "$folder/$name" ] || continue
			mkdir -p "$root/usr/share/terminfo/${name%/*}"
			cp -L "$folder/$name" \
				"$root/usr/share/terminfo/$name"
			break
		done
	done
	[ ! -d /usr/lib/locale/C.utf8 ] || {
		mkdir -p "$root/usr/lib/locale"
		cp -r /usr/lib/locale/C.utf8 "$root/usr/lib/locale/"
	}
}

# Debian's layout: /lib and /lib64 are links into /usr.
add_base() { # init
	local applet
	mkdir -p "$root"/{bin,sbin,etc,proc,sys,dev,tmp,run,root,out} \
		"$root"/usr/{bin,sbin,local/bin,lib,lib64,share}
	ln -s usr/lib "$root/lib"
	ln -s usr/lib64 "$root/lib64"
	cp "$bb" "$root/bin/busybox"
	for applet in $("$bb" --list); do
		[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
	done
	install -m 755 "$1" "$root/sbin/vm-init"
	echo root:x:0:0:root:/root:/bin/sh >"$root/etc/passwd"
	echo root:x:0: >"$root/etc/group"
}

# A first stage that only loads the disks' drivers, as an archive.
make_initramfs() { # init, scratch folder, archive
	mkdir -p "$2"/{bin,dev,proc,root}
	cp "$bb" "$2/bin/busybox"
	install -m 755 "$1" "$2/init"
	add_modules "$2/modules" virtio_pci virtio_blk
	(cd "$2" && find . | "$bb" cpio -o -H newc 2>/dev/null) >"$3"
}

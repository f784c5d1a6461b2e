#!/bin/sh
# Takes the place of the C compiler and the archiver of macOS, which are to be had from Apple alone. A check of types
# neither links nor runs what they make: it is enough that each file that was asked for is there, with nothing in it. Only
# what the preprocessor says is read, by build scripts that want to know a version; that is said by the preprocessor of this
# computer, which is told that it works for macOS.
set -eu

# The archiver: `cq libx.a x.o`, and `s libx.a` when all of it is there.
case ${1-} in
[cqrs] | [cqrs][cqrsuD]*)
    printf '!<arch>\n' >"$2"
    exit
    ;;
esac

out='' last='' is_preprocessor=no
for word do
    shift
    case $word in -E) is_preprocessor=yes ;; esac
    case $last in -o) out=$word ;; esac
    case $last,$word in
    # Nobody but the compiler of Apple knows these.
    -arch,* | *,-arch | -isysroot,* | *,-isysroot | *,--target=* | *,-mmacosx-version-min=*) ;;
    *) set -- "$@" "$word" ;;
    esac
    last=$word
done

if [ "$is_preprocessor" = yes ]; then
    exec cc -undef -D__APPLE__ -D__MACH__ -D__aarch64__ -D__clang__ "$@"
fi
if [ -z "$out" ]; then
    echo 'nothing to make' >&2
    exit 1
fi
: >"$out"

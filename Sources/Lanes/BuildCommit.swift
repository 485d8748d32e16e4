import CLinux

/// The commit that this program was built from.
package let buildCommit = unsafe String(cString: clinux_build_commit())

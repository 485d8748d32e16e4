/// The version of this program; the build adds the commit.
package let portolanVersion = "0.1.0"

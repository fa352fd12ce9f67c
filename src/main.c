/* SPDX-License-Identifier: MIT
 *
 * Options choose one source and one face; this file joins them.
 */
int main(void)
{
	return 0;
}

// Package paper makes the papers an office prints: a struct goes in, the bytes of
// a Word document (.docx) or plain text come out. It is pure: no I/O, no clock,
// and the same struct gives the same bytes.
//
// The pages follow GB/T 9704-2012, the format of official documents: A4, its
// margins, its fonts by name. A document says nothing of who wrote it or when,
// except where that is printed.
package paper

// Package archtest holds the arrows of the house: which package may import
// which. A new arrow is a decision, made here.
package archtest
